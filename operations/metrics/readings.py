"""Readings: what rows, the disk and the clocks say of the service, as metrics.

Each rule stands where the state page takes it from, and is only asked here. A reading costs a constant number of
queries, those of SELDOM some more for each series at hand. None names anybody: holds are counted by level alone.
What has an age is given as an instant, so that a figure that is read late is not wrong.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult
from prometheus_client.metrics_core import Metric

from board import resources
from board.service_state import GIVEN_UP_SHOWN, SILENT_AFTER
from centres.models import Centre, Entry, Release, Series
from core import gate_clock
from core.database_errors import is_away
from core.jobs import IS_GIVEN_UP, IS_ON_LAST_ATTEMPT, IS_PUT_OFF, State, model_of
from core.models import KeyFingerprint, OrphanCheck, WorkerHeartbeat
from credentials.letters.outdated import count_outdated
from exchange import virus_scan
from operations.metrics.gauges import gauge, number, one
from operations.metrics.sealed_readings import sealed
from results.hold_levels import HOLD_LEVELS, whole
from results.holds import release_is_held
from results.missing.missing import releases_at_hand
from results.models import Hold
from sealed import missing

LONGEST_STATEMENT = "2min"  # of 700,000 letters on a busy server

SERVER = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int,
       CASE WHEN current_setting('archive_mode') <> 'off'
            THEN COALESCE(last_failed_time > COALESCE(last_archived_time, '-infinity'), false) END
FROM pg_stat_archiver
"""

Reading = Callable[[], Iterable[Metric]]


@contextmanager
def bounded() -> Iterator[None]:
    """On PostgreSQL no statement takes longer than this; a transaction of its own, as pgbouncer needs."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [LONGEST_STATEMENT])
        yield


# --- Often ---------------------------------------------------------------------------------------


def database() -> Iterator[Metric]:
    """By how much its clock is ahead of this machine's (rule 25)."""
    yield from one(
        "clock_skew_seconds",
        "By how much the database’s clock is ahead of this machine’s.",
        gate_clock.skew().total_seconds(),
    )


def version() -> Iterator[Metric]:
    family = gauge("info", "Which version runs here.", "version")
    family.add_metric([settings.VERSION], 1)
    yield family


def server() -> Iterator[Metric]:
    """PostgreSQL's own: connections, and whether WAL is archived (one query)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(SERVER)
        used, most, failing = cursor.fetchone()
    yield from one("database_connections", "Connections to the database server.", used)
    yield from one("database_connections_most", "How many it takes.", most)
    if failing is not None:
        yield from one("database_archive_failing", "Whether archiving of WAL failed last.", failing)


def readiness() -> Iterator[Metric]:
    """Whether a process with this machine's settings would be sent people, by what is asked."""
    family = gauge("ready", "Whether this machine is ready, by what is asked.", "check")
    for path in settings.READINESS:
        family.add_metric([path], _is_ready(path))
    yield family


def _is_ready(path: str) -> bool:
    try:
        with bounded():
            return not import_string(path)()
    except Exception as error:
        if is_away(error):
            raise
        return False  # what cannot be asked is not in order


def jobs() -> Iterator[Metric]:
    """How much waits and since when, and what is tried in vain; of each kind of job (a query each)."""
    now = timezone.now()
    waits = Q(state=State.QUEUED) & (Q(due_at=None) | Q(due_at__lte=now))
    counts = gauge("jobs", "Jobs that can be done now, or are under way.", "kind", "state")
    oldest = gauge(
        "jobs_waiting_since_timestamp_seconds", "When the oldest job that waits was due.", "kind"
    )
    in_vain = gauge("jobs_in_vain", "Jobs that failed, by what comes next.", "kind", "next")
    numbers = [
        (counts, "queued", waits),
        (counts, "running", Q(state=State.RUNNING)),
        (in_vain, "again", IS_PUT_OFF),
        (in_vain, "last", IS_ON_LAST_ATTEMPT),
        (in_vain, "none", IS_GIVEN_UP & Q(heartbeat__gte=now - GIVEN_UP_SHOWN)),
    ]
    for label in settings.JOBS:
        found = model_of(label)._default_manager.aggregate(
            oldest=Min(Greatest("asked_at", Coalesce("due_at", "asked_at")), filter=waits),
            **{what: Count("pk", filter=of) for _, what, of in numbers},
        )
        for family, what, _ in numbers:
            family.add_metric([label, what], found[what])
        if found["oldest"]:
            oldest.add_metric([label], number(found["oldest"]))
    yield from (counts, oldest, in_vain)
    ready = DBTaskResult.objects.ready().order_by()
    queue = ready.aggregate(tasks=Count("pk"), oldest=Min("enqueued_at"))
    yield from one("queue_tasks", "Tasks in the queue.", queue["tasks"])
    yield from one(
        "queue_waiting_since_timestamp_seconds",
        "When the oldest task in the queue was put there.",
        queue["oldest"],
    )


def workers() -> Iterator[Metric]:
    alive = Q(seen_at__gte=timezone.now() - SILENT_AFTER)
    found = WorkerHeartbeat.objects.aggregate(alive=Count("pk", filter=alive), last=Max("seen_at"))
    yield from one("workers", "Background workers that were heard of lately.", found["alive"])
    yield from one(
        "worker_heartbeat_timestamp_seconds",
        "When a background worker was last heard of.",
        found["last"],
    )


def releases() -> Iterator[Metric]:
    """The releases at hand, and holds in force."""
    held = release_is_held()
    at = timezone.now()
    rows = releases_at_hand(at).select_related("series", "qualification").annotate(held=held)
    when = gauge(
        "release_timestamp_seconds", "When candidates see results.", "series", "qualification"
    )
    is_held = gauge("release_held", "Whether a release is held.", "series", "qualification")
    for row in rows:
        labels = [row.series.slug, str(row.qualification)]
        when.add_metric(labels, number(row.candidates_at))
        is_held.add_metric(labels, row.held)
    yield from (when, is_held)
    coming = Release.objects.filter(candidates_at__gt=at).aggregate(next=Min("candidates_at"))
    yield from one(
        "next_release_timestamp_seconds", "When candidates next see results.", coming["next"]
    )
    of_level = {
        name: Count("pk", filter=Q(**{f"{name}__isnull": False, **whole(name)}))
        for name in HOLD_LEVELS
    }
    holds = gauge("holds", "Holds in force, by level.", "level")
    for name, count in Hold.objects.in_force().order_by().aggregate(**of_level).items():
        holds.add_metric([name], count)
    yield holds


def keys_and_files() -> Iterator[Metric]:
    refused = KeyFingerprint.objects.aggregate(last=Max("refused_at"))["last"]
    yield from one(
        "key_refused_timestamp_seconds", "When a machine was last refused for its keys.", refused
    )
    found = OrphanCheck.objects.first()
    if found is None:
        return
    files = gauge("files", "Encrypted files, as a worker last found them.", "state")
    for state in ("files", "orphans", "missing", "quarantined"):
        files.add_metric([state], getattr(found, state))
    yield files
    yield from one("files_ask", "Whether somebody must say what becomes of files.", found.asks)
    yield from one(
        "files_looked_at_timestamp_seconds", "When a worker last looked.", found.looked_at
    )


def machine() -> Iterator[Metric]:
    """No query: what is told while the database is away, too."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    yield from one("disk_size_bytes", "The disk of DATA_DIR.", usage.total)
    yield from one("disk_free_bytes", "What is free of it.", usage.free)


def backup() -> Iterator[Metric]:
    family = gauge("backup_timestamp_seconds", "When the last backup succeeded, by part.", "part")
    for part, made in resources.last_backups().items():
        if made:
            family.add_metric([part], number(made))
    yield family


# --- Seldom --------------------------------------------------------------------------------------


def scanner() -> Iterator[Metric]:
    if virus_scan.is_there():
        yield from one(
            "virus_scanner_up", "Whether the virus scanner answers.", virus_scan.answers()
        )


def results_missing() -> Iterator[Metric]:
    """Valid entries without a result, of the releases at hand."""
    family = gauge("results_missing", "Valid entries without a result.", "series", "qualification")
    for row in missing.of_releases(timezone.now()):
        labels = [row.release.series.slug, str(row.release.qualification)]
        family.add_metric(labels, row.missing)
    yield family


def letters_outdated() -> Iterator[Metric]:
    """Of the series with a release at hand (rule 12)."""
    family = gauge("letters_outdated", "Letters that print what no longer holds.", "series")
    at_hand = releases_at_hand(timezone.now()).filter(series=OuterRef("pk"))
    for series in Series.objects.filter(Exists(at_hand)):
        entered = Entry.objects.valid().filter(candidate__series=series)
        centres = Centre.objects.filter(pk__in=entered.values("candidate__centre"))
        family.add_metric([series.slug], sum(count_outdated(centres, series).values()))
    yield family


# `machine` first: it can be told when no other can.
OFTEN: list[Reading] = [
    machine,
    version,
    database,
    server,
    readiness,
    jobs,
    workers,
    releases,
    keys_and_files,
    backup,
    sealed,
]
SELDOM: list[Reading] = [scanner, results_missing, letters_outdated]
WITHOUT_DATABASE: list[Reading] = [machine, version, scanner]
