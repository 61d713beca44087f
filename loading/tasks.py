"""The background check of a file of the board, and its application; `manage.py load` runs the same code.

To check is to load the file and roll it back. To apply is to load it again: if the result differs from
the check that the board read, down to each login that ends, nothing is applied and a new check is made.
To apply twice, as when a worker was thought dead, changes nothing the second time.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.access_changes import rolled_back
from core import encrypted_files
from core.encrypted_files import Writer
from core.encryption import CannotOpen
from core.errors import log_error
from core.jobs import JobError, ReportProgress
from loading import effects
from loading.engine.loader import Kind
from loading.engine.loader import load as load_rows
from loading.engine.report import BadRows, Report, Warned
from loading.findings import FaultsFile, Noted, sample_in
from loading.gates import Gates
from loading.kinds.results import REASON, ResultsFile
from loading.models import LoadedFile
from loading.progress import reporting
from loading.registry import KINDS, rows_of

KIB = 1024

CHANGED_SINCE = (
    "Somebody else changed the same rows meanwhile. Nothing was changed by this file. Try again."
)
NO_ROOM = (
    "The storage is full, or cannot be reached. Nothing was changed. Once it is fixed, try again."
)


class Differs(Exception):
    """What would be applied is not what was checked."""


class AppliedAlready(Exception):
    """Another worker has applied this file meanwhile."""


def do(load: LoadedFile, report_progress: ReportProgress) -> None:
    """The step that waits. Raises JobError."""
    try:
        if load.step == LoadedFile.Step.APPLY:
            _apply(load, report_progress)
        else:
            _check(load, report_progress)
    except CannotOpen as error:
        raise JobError(str(error)) from None
    except IntegrityError as error:
        log_error(error, f"loaded file {load.pk}")
        raise JobError(CHANGED_SINCE) from None
    except OSError as error:
        log_error(error, f"loaded file {load.pk}")
        raise JobError(NO_ROOM) from None


def _check(load: LoadedFile, report_progress: ReportProgress) -> None:
    former = load.faults, load.sample
    with transaction.atomic():
        load.faults, load.sample = encrypted_files.begin(), None
        _save(load, "faults", "sample")
        for stored in former:
            encrypted_files.drop(stored)
    with Writer(load.faults) as writer:
        noted = Noted(KINDS[load.kind])
        report = Report(FaultsFile(writer.write).add, noted, noted.warn)
        doing = _Doing(load, report, report_progress, by=load.asked_by)
        with suppress(BadRows):
            rolled_back(doing)
        writer.finish()
    found = doing.found(noted)
    with transaction.atomic():
        load.sample = noted.keep(report.alike)
        load.found = found
        load.needs_second_person = load.kind == LoadedFile.SERIES or bool(found.get("gates"))
        _save(load, "sample", "found", "needs_second_person")


def _apply(load: LoadedFile, report_progress: ReportProgress) -> None:
    if load.applied_at or load.sample is None:
        return
    checked = sample_in(load.sample)["digest"]
    noted = Noted(KINDS[load.kind])
    report = Report(note=noted, warn=noted.warn)
    doing = _Doing(load, report, report_progress, by=load.applied_by)
    try:
        with transaction.atomic():
            try:
                doing()
            except BadRows:
                raise Differs from None
            if noted.digest != checked or doing.found(noted) != load.found:
                raise Differs
            not_yet = LoadedFile.objects.filter(pk=load.pk, applied_at=None)
            if not not_yet.update(applied_at=timezone.now()):
                raise AppliedAlready
    except AppliedAlready:
        return
    except Differs:
        if LoadedFile.objects.filter(pk=load.pk, applied_at=None).exists():
            _check_again(load, report_progress)


class _Doing:
    """Load it, inside the caller's transaction; then `found` says all that the page tells of it."""

    def __init__(
        self, load: LoadedFile, report: Report, report_progress: ReportProgress, *, by: str
    ) -> None:
        self.load, self.report, self.report_progress = load, report, report_progress
        self.kind = _kind(load, report, by=by)
        self._found: dict[str, Any] = {}

    def __call__(self) -> None:
        at, counting, gates = timezone.now(), effects.Counting(self.load.kind), Gates()

        def before_logins_end() -> None:
            self._found = {**counting.found(at), "gates": gates.found(self.kind, at)}

        _load(self.load, self.kind, self.report, self.report_progress, gates, before_logins_end)

    def found(self, noted: Noted) -> dict[str, Any]:
        """Which logins end, too; none where there are bad rows."""
        access = self.kind.access
        return {
            **self._found,
            "former_holders": access.of_former_holders,
            "losing": access.ended,
            "ending": access.counted,
            **_counts(self.kind, self.report, noted),
        }


def _check_again(load: LoadedFile, report_progress: ReportProgress) -> None:
    load.step, load.applied_by, load.looked_again = LoadedFile.Step.CHECK, "", True
    _save(load, "step", "applied_by", "looked_again")
    _check(load, report_progress)


def _load(
    load: LoadedFile,
    kind: Kind,
    report: Report,
    report_progress: ReportProgress,
    gates: Gates,
    before_logins_end: Callable[[], None],
) -> None:
    """Inside the caller's transaction, in which no row may be touched that others wait for."""
    with (
        encrypted_files.open_stored(load.file) as stream,
        reporting(report_progress) as report_read,
    ):
        total = -(-load.file.size // KIB)

        def read_on() -> None:
            report_read(min(stream.tell() // KIB, total), total)

        def after_batch() -> None:
            gates.read(kind)
            read_on()

        read_on()
        load_rows(
            kind,
            rows_of(kind, stream, report),
            after_batch=after_batch,
            before_logins_end=before_logins_end,
        )


def _kind(load: LoadedFile, report: Report, *, by: str) -> Kind:
    options: dict[str, Any] = {}
    if load.kind == ResultsFile.name:
        options["reason"] = load.reason or REASON
    return KINDS[load.kind](report, by=by, **options)


def _counts(kind: Kind, report: Report, noted: Noted) -> dict[str, Any]:
    return {
        "counts": {str(outcome): count for outcome, count in kind.counts.items()},
        "tally": dict(noted.tally),
        "changes": sum(noted.tally.values()),
        "to_look_at": {of: noted.warned[of] for of in Warned if noted.warned[of]},
        "bad": report.bad,
    }


def _save(load: LoadedFile, *fields: str) -> None:
    """These fields alone: state and progress are written elsewhere."""
    load.save(update_fields=fields)
