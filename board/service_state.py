"""The state of the service at a glance: clocks, workers, queue, keys, files, storage, database and its log, backup,
virus scanner, release, results.

Each is good, worth a look, or bad, and says so in a sentence. What it costs does not grow
with the board, but that the folder of letters is looked through for its size, and that entries without a
result are counted from two weeks before a release (half a second for 580,000 results).
"""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.timesince import timesince
from django_tasks_db.models import DBTaskResult

from board import database_log, resources
from board.calendar import Event, events, next_release
from board.service_check import BAD, GOOD, LOOK, Check
from centres.models import Entry
from core import gate_clock, orphans, site_identity
from core.dates import board_time, utc
from core.jobs import IS_GIVEN_UP, IS_PUT_OFF, MOST_ATTEMPTS, Job, State
from core.models import KeyFingerprint, OrphanCheck, WorkerHeartbeat
from credentials.models import LetterFile
from exchange.models import Inspection
from loading.models import LoadedFile
from results.missing.missing import OfRelease
from results.models import Export
from sealed import missing
from sealed.models import Opening

SILENT_AFTER = dt.timedelta(seconds=30)
WAITS_TOO_LONG = dt.timedelta(minutes=5)
REFUSED_LATELY = dt.timedelta(days=1)
GIVEN_UP_SHOWN = dt.timedelta(days=7)
LONG_WORK: dict[type[Job], tuple[str, str]] = {  # one of it, and several
    LetterFile: ("letter file", "letter files"),
    Export: ("file to download", "files to download"),
    Inspection: ("file in File Exchange", "files in File Exchange"),
    LoadedFile: ("file to load", "files to load"),
    Opening: ("series to open", "series to open"),
}


def state(*, at: dt.datetime | None = None, lacking: list[OfRelease] | None = None) -> list[Check]:
    """Every part, in the order in which they matter. `lacking`: what is missing, where the caller knows."""
    at = at or timezone.now()
    return [
        _release(at),
        _results(missing.of_releases(at) if lacking is None else lacking),
        _clocks(),
        _workers(at),
        _queue(at),
        _long_work(at),
        _keys(at),
        _files(),
        resources.storage(),
        resources.database(),
        database_log.check(),
        resources.backup(at),
        resources.scanner(),
        resources.version(),
    ]


def worst(checks: list[Check]) -> Check:
    """The part that most needs somebody; where all is well, the first."""
    return max(checks, key=lambda check: (GOOD, LOOK, BAD).index(check.state))


def _clocks() -> Check:
    """This server's and the database's (rule 25)."""
    if words := gate_clock.disagreement():
        remedy = (
            "Nothing shows before both have come to its time, so nothing shows early, but results may show "
            "late. Let both set their clocks by the same time service, as with chrony."
        )
        return Check("Clocks", BAD, words, remedy)
    return Check("Clocks", GOOD, "The database’s clock and this server’s agree.")


def _workers(at: dt.datetime) -> Check:
    signs = list(WorkerHeartbeat.objects.all())
    alive = [sign for sign in signs if sign.seen_at >= at - SILENT_AFTER]
    if alive:
        number = "One worker is" if len(alive) == 1 else f"{len(alive)} workers are"
        since = utc(min(sign.since for sign in alive).replace(microsecond=0))
        return Check("Workers", GOOD, f"{number} running, the first since {since}.")
    last = max((sign.seen_at for sign in signs), default=None)
    words = (
        f"None is running; the last sign was {timesince(last, at)} ago."
        if last
        else "None is running."
    )
    remedy = "Letters, files to load and exports wait until one runs. Start “bin/portal manage db_worker”."
    return Check("Workers", BAD, words, remedy)


def _queue(at: dt.datetime) -> Check:
    day = at - dt.timedelta(days=1)
    ready = DBTaskResult.objects.ready().order_by()
    waiting = ready.aggregate(count=Count("pk"), oldest=Min("enqueued_at"))
    counts = DBTaskResult.objects.order_by().aggregate(
        running=Count("pk", filter=Q(status="RUNNING")),
        failed=Count("pk", filter=Q(status="FAILED", finished_at__gte=day)),
    )
    words = (
        f"{waiting['count']} waiting, {counts['running']} running, "
        f"{counts['failed']} failed in the last day."
    )
    oldest = waiting["oldest"]
    if oldest:
        words += f" The oldest has waited for {timesince(oldest, at)}."
    if oldest and at - oldest > WAITS_TOO_LONG:
        remedy = (
            "More is queued than the workers can do. Check that they are running, or start another."
        )
        return Check("Queue", LOOK, words, remedy)
    if counts["failed"]:
        remedy = (
            "What failed says so to whoever asked for it. The worker’s log says what went wrong."
        )
        return Check("Queue", LOOK, words, remedy)
    return Check("Queue", GOOD, words)


def _keys(at: dt.datetime) -> Check:
    """Whether a process was refused lately, and whether this one would be."""
    reasons = site_identity.reasons()
    if reasons:
        words = "This server is not set up correctly: logins may be refused, and files not open."
        return Check("Keys and site", BAD, words, " ".join(reasons))
    lately = KeyFingerprint.objects.filter(refused_at__gte=at - REFUSED_LATELY)
    refused = [
        f"{noted} on {noted.refused_on}, {utc(noted.refused_at)}"
        for noted in lately
        if noted.refused_at
    ]
    if refused:
        words = f"A key was missing, or not this site’s: {'; '.join(refused)}."
        remedy = "Give that server the site’s own keys: “bin/portal manage check” there says which."
        return Check("Keys and site", LOOK, words, remedy)
    return Check("Keys and site", GOOD, "Every key, and the storage, are those of this site.")


def _files() -> Check:
    """What the worker's last check found, and what waits for somebody's word."""
    name = "Encrypted files"
    found = OrphanCheck.objects.first()
    if found is None:
        return Check(name, GOOD, "No worker has looked through them yet.")
    words = (
        f"{found.files} when a worker last looked, {utc(found.looked_at.replace(microsecond=0))}. "
        f"Known to no row: {found.orphans}. Known and not there: {found.missing}. "
        f"In quarantine: {found.quarantined}."
    )
    if found.asks or orphans.are_many_rows(orphans.old_orphan_rows().count()):
        remedy = (
            "More are unknown to the database than are moved unasked, so nothing was moved. If the "
            "database is an older copy, load what it lacks, or restore a newer one. To "
            "move them to quarantine: “bin/portal manage orphans --confirm”."
        )
        return Check(name, BAD, words, remedy)
    if found.missing:
        remedy = (
            "Restore them from the backup of the storage; “bin/portal manage orphans” counts them."
        )
        return Check(name, BAD, words, remedy)
    if found.orphans or found.quarantined:
        remedy = (
            f"Files in quarantine are removed after {settings.QUARANTINE.days} days, and "
            "come back automatically when the database knows them again."
        )
        return Check(name, LOOK, words, remedy)
    return Check(name, GOOD, words)


def _long_work(at: dt.datetime) -> Check:
    """What was tried in vain: waiting for another attempt, or given up. What other work that failed
    says is its owner's to mend, and said on its page."""
    put_off: list[str] = []
    given_up: list[str] = []
    why: set[str] = set()
    for model, (one, several) in LONG_WORK.items():
        ended = IS_GIVEN_UP & Q(heartbeat__gte=at - GIVEN_UP_SHOWN)
        rows = model.objects.filter(IS_PUT_OFF | ended).order_by().values_list("state", "error")
        counts: Counter[str] = Counter()
        for state_, error, count in rows.annotate(Count("pk")):
            counts[state_] += count
            why |= {error} if state_ == State.QUEUED else set()
        for told, count in ((put_off, counts[State.QUEUED]), (given_up, counts[State.FAILED])):
            told += [f"{count} {one if count == 1 else several}"] if count else []
    remedy = (
        "The worker’s log says what went wrong. When it is fixed, whoever asked for it chooses "
        "“Try again”."
    )
    if given_up:
        words = f"Given up after {MOST_ATTEMPTS} attempts: {', '.join(given_up)}."
        return Check("Long work", BAD, words, remedy)
    if put_off:
        words = f"Failed so far: {', '.join(put_off)}. {' '.join(sorted(why))}"
        return Check(
            "Long work",
            LOOK,
            words,
            "It is tried again automatically, after a longer wait each time.",
        )
    return Check("Long work", GOOD, "Nothing has failed.")


def _release(at: dt.datetime) -> Check:
    coming = next_release(events(), at)
    if coming is None:
        return Check("Next release", GOOD, "None is set.")
    candidates = candidates_of(coming)
    many = "1 candidate" if candidates == 1 else f"{candidates} candidates"
    words = (
        f"{coming.qualification}, {coming.series}: {board_time(coming.at)}, {coming.utc}; {many}."
    )
    if coming.held:
        remedy = "Candidates will not see these results until two people have released the hold."
        return Check("Next release", LOOK, f"{words} It is held.", remedy)
    return Check("Next release", GOOD, words)


def _results(lacking: list[OfRelease]) -> Check:
    """Whether every valid entry of the releases at hand has a result."""
    if not lacking:
        return Check("Results", GOOD, "No release is near.")
    without = [
        f"{one.missing} in {one.release.qualification}, {one.release.series}"
        for one in lacking
        if one.missing
    ]
    if not any(one.has_entries for one in lacking):
        return Check("Results", GOOD, "The next releases have no valid entries.")
    if not without:
        sealed = (
            ", or is in a sealed file" if any(one.release.series.sealed for one in lacking) else ""
        )
        words = f"Every valid entry of the next releases has a result{sealed}."
        return Check("Results", GOOD, words)
    remedy = (
        "“What is missing” names syllabuses and centres. Load their results, or withdraw entries that "
        "will have none."
    )
    return Check("Results", LOOK, f"Valid entries without a result: {'; '.join(without)}.", remedy)


def candidates_of(release: Event) -> int:
    entries = Entry.objects.valid().filter(
        candidate__series=release.series, syllabus__qualification=release.qualification
    )
    return entries.order_by().values("candidate").distinct().count()
