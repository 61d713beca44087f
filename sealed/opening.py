"""The opening: all files of a series that its keyholders have opened are loaded in their order, all or none (rule 28).

The worker needs the private half of the seal. Until the load ends it lives in the row of the opening, wrapped by the
site's master key, and no longer than an hour; in the transaction that loads the results it goes, and the shares
with it. From then on the gates in SQL stand as for every result.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import audit
from core import encrypted_files, encryption
from core.encryption import CannotOpen
from core.jobs import JobError, ReportProgress, State, start_when_committed
from loading.engine.loader import load as load_rows
from loading.engine.report import BadRows, Report
from loading.findings import FaultsFile
from loading.kinds.results import REASON, ResultsFile
from loading.progress import reporting
from loading.registry import rows_of
from sealed import container, signatures
from sealed.models import Opening, Seal, SealedFile
from sealed.refused import Refused

KEY_LIVES = dt.timedelta(hours=1)

TOO_LATE = (
    "The hour in which the results could be loaded is over, and the key has gone. Nothing was loaded. Two "
    "keyholders open them once more."
)
BAD_ROWS = (
    "Rows do not fit the entries as they are now, so nothing was loaded. The list says which. Mend the entries, or "
    "give a file in their place; within the hour you can try again, later two keyholders open them once more."
)


def begin(seal: Seal, private: bytes, *, by: User, at: dt.datetime) -> Opening:
    """In the transaction of the last turn: the worker takes it up. Raises Refused."""
    if why := why_not(seal):
        raise Refused(why)
    opening = Opening.objects.select_for_update().filter(seal=seal).first() or Opening(seal=seal)
    opening.asked_by, opening.asked_at, opening.key_until = by.username, at, at + KEY_LIVES
    opening.state, opening.error, opening.attempts, opening.due_at = State.QUEUED, "", 0, None
    opening.heartbeat, opening.done, opening.total = at, 0, 0
    opening.master_key_id, opening.key = encryption.wrap(private, aad=_key_of(seal.pk))
    opening.save()
    audit.record("sealed_opened", by=by, series=seal.series, subject=str(seal.series))
    start_when_committed(opening)
    return opening


def why_not(seal: Seal) -> str:
    """Why it cannot be opened now; or ""."""
    if Opening.objects.under_way().filter(seal=seal).exists():
        return f"{seal.series} is being opened already."
    if Seal.objects.select_for_update(no_key=True).get(pk=seal.pk).opened_at:
        return "This series is not sealed any more."
    if not seal.files.to_open().exists():
        return f"No results of {seal.series} have been given yet: there is nothing to open."
    return ""


def load(opening: Opening, report_progress: ReportProgress) -> None:
    """The job. Raises JobError."""
    if opening.seal.opened_at:
        return
    private = _private(opening)
    with encrypted_files.Writer(_new_faults(opening)) as writer:
        report = Report(FaultsFile(writer.write).add)
        try:
            with transaction.atomic():
                _load_all(opening, private, report, report_progress)
        except BadRows:
            writer.finish()
            Opening.objects.filter(pk=opening.pk).update(found={"bad": report.bad})
            raise JobError(BAD_ROWS) from None
        except (CannotOpen, Refused) as error:
            raise JobError(str(error)) from None
    drop_faults(opening)


def _load_all(
    opening: Opening,
    private: bytes,
    report: Report,
    report_progress: ReportProgress,
) -> None:
    seal = Seal.objects.select_for_update(no_key=True).get(pk=opening.seal_id)
    if seal.opened_at:  # by a run that was thought dead
        return
    # From here on nobody gives another file (`giving.keep`).
    files = list(seal.files.to_open().select_related("file"))
    signatures.check(seal, *files)
    counts: dict[str, int] = {}
    total = sum(file.file.size for file in files) // container.PIECE or 1
    before = 0
    with reporting(report_progress) as report_read:
        for file in files:
            with (
                encrypted_files.open_stored(file.file) as stored,
                container.read(stored, private=private, about=about(file)) as stream,
            ):
                kind = ResultsFile(
                    report, by=opening.asked_by, reason=file.reason or REASON, opens=seal.series_id
                )

                def read_on(stream=stream, before=before) -> None:
                    report_read(min(before + stream.tell() // container.PIECE, total), total)

                done = load_rows(kind, rows_of(kind, stream, report), after_batch=read_on)
                for outcome, many in done.items():
                    counts[str(outcome)] = counts.get(str(outcome), 0) + many
            before += file.file.size // container.PIECE
    now = timezone.now()
    SealedFile.objects.filter(pk__in=[file.pk for file in files]).update(loaded_at=now)
    seal.opened_at = now
    seal.save(update_fields=["opened_at"])
    seal.series.sealed = False
    seal.series.save(update_fields=["sealed"])
    seal.shares.all().delete()
    Opening.objects.filter(pk=opening.pk).update(key=None, found=counts)


def about(file: SealedFile) -> str:
    """What its container is bound to."""
    return f"results file {file.manifest['id']} of seal {file.seal_id}"


def can_try_again(opening: Opening, at: dt.datetime | None = None) -> bool:
    """Without the keyholders: it has failed, and its key is still there."""
    live = opening.key is not None and (at or timezone.now()) < opening.key_until
    return opening.has_failed and live


def forget_keys(at: dt.datetime | None = None) -> int:
    """Keys whose hour is over; how many."""
    late = Opening.objects.exclude(key=None).filter(key_until__lte=at or timezone.now())
    return late.update(key=None)


def needing_master_keys() -> Counter[str]:
    """Master key's id -> how many openings have a key that only it unwraps."""
    return encryption.counted(Opening.objects.exclude(key=None), "master_key_id")


def move_keys() -> Iterator[int]:
    """Wrap them anew by the master key in use, one by one; yields 1 for each. What cannot be unwrapped stays."""
    elsewhere = Opening.objects.exclude(key=None).exclude(
        master_key_id=next(iter(settings.MASTER_KEYS))
    )
    for pk in list(elsewhere.values_list("pk", flat=True)):
        with transaction.atomic(), suppress(CannotOpen):
            one = elsewhere.select_for_update(of=("self",)).filter(pk=pk).first()
            if one is None or one.key is None:  # its load has ended
                continue
            key = encryption.unwrap(one.master_key_id, one.key, aad=_key_of(one.seal_id))
            one.master_key_id, one.key = encryption.wrap(key, aad=_key_of(one.seal_id))
            one.save(update_fields=["master_key_id", "key"])
            yield 1


def _private(opening: Opening) -> bytes:
    if opening.key is None or timezone.now() >= opening.key_until:
        forget_keys()
        raise JobError(TOO_LATE)
    try:
        return encryption.unwrap(opening.master_key_id, opening.key, aad=_key_of(opening.seal_id))
    except CannotOpen as error:
        raise JobError(str(error)) from None


def _new_faults(opening: Opening):
    former = opening.faults
    with transaction.atomic():
        opening.faults = encrypted_files.begin()
        opening.save(update_fields=["faults"])
        encrypted_files.drop(former)
    return opening.faults


def drop_faults(opening: Opening) -> None:
    """What an opening that failed has found goes."""
    with transaction.atomic():
        faults = opening.faults
        Opening.objects.filter(pk=opening.pk).update(faults=None)
        encrypted_files.drop(faults)


def _key_of(seal: int) -> bytes:
    return f"private key of seal {seal}, for its opening".encode()
