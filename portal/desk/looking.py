"""Look at a file of the board, or apply it, in the background: one code for both, and for `manage.py load`.

To look is to load it really and take it back. To apply counts again: where that is not what was looked
at, to the very logins that end, because what is stored has changed since, nothing is applied, and there is a
new look. Who applies twice, as after a worker was thought dead, changes nothing the second time.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres import kept_files
from centres.errors import log_error
from centres.kept_files import Writer
from centres.loading.kind import Kind
from centres.loading.kind import load as load_rows
from centres.loading.report import BadRows, Report, Warned
from centres.sealing import CannotOpen
from centres.work import CannotDo, Further, does
from credentials.revoking import Losing, of_former_holders, shutting_out, would_shut_out
from portal.desk import effects
from portal.desk.findings import FaultsFile, Noted, sample_in
from portal.desk.gates import Gates
from portal.desk.models import LoadedFile
from portal.desk.progress import telling
from portal.kinds_of_files import KINDS, rows_of
from results.loading import REASON, ResultsFile

KIB = 1024

CHANGED_MEANWHILE = (
    "Somebody else changed the same rows meanwhile. Nothing was changed by this file. Try again."
)
NO_ROOM = (
    "The storage is full, or cannot be reached. Nothing was changed. Once it is mended, try again."
)


class Differs(Exception):
    """What would be applied is not what was looked at."""


class AppliedAlready(Exception):
    """Another worker has applied this file meanwhile."""


@does("portal.LoadedFile")
def do(load: LoadedFile, further: Further) -> None:
    """The step that waits. Raises CannotDo."""
    try:
        if load.step == LoadedFile.Step.APPLY:
            _apply(load, further)
        else:
            _look(load, further)
    except CannotOpen as error:
        raise CannotDo(str(error)) from None
    except IntegrityError as error:
        log_error(error, f"loaded file {load.pk}")
        raise CannotDo(CHANGED_MEANWHILE) from None
    except OSError as error:
        log_error(error, f"loaded file {load.pk}")
        raise CannotDo(NO_ROOM) from None


def _look(load: LoadedFile, further: Further) -> None:
    former = load.faults, load.sample
    with transaction.atomic():
        load.faults, load.sample = kept_files.begin(), None
        _save(load, "faults", "sample")
        for kept in former:
            kept_files.drop(kept)
    with Writer(load.faults) as writer:
        noted = Noted(KINDS[load.kind])
        report = Report(FaultsFile(writer).add, noted, noted.warn)
        doing = _Doing(load, report, further, by=load.asked_by)
        try:
            ending = would_shut_out(doing)
        except BadRows:
            ending = None
        writer.finish()
    found = doing.found(noted, ending)
    with transaction.atomic():
        load.sample = noted.keep()
        load.found = found
        load.needs_second_person = load.kind == LoadedFile.SERIES or bool(found.get("gates"))
        _save(load, "sample", "found", "needs_second_person")


def _apply(load: LoadedFile, further: Further) -> None:
    if load.applied_at or load.sample is None:
        return
    looked_at = sample_in(load.sample)["digest"]
    noted = Noted(KINDS[load.kind])
    report = Report(lambda fault: None, noted, noted.warn)
    doing = _Doing(load, report, further, by=load.applied_by)
    try:
        with transaction.atomic():
            try:
                with shutting_out(by=load.applied_by) as ending:
                    doing()
            except BadRows:
                raise Differs from None
            if noted.digest != looked_at or doing.found(noted, ending) != load.found:
                raise Differs
            not_yet = LoadedFile.objects.filter(pk=load.pk, applied_at=None)
            if not not_yet.update(applied_at=timezone.now()):
                raise AppliedAlready
    except AppliedAlready:
        return
    except Differs:
        if LoadedFile.objects.filter(pk=load.pk, applied_at=None).exists():
            _look_again(load, further)


class _Doing:
    """Load it, inside the caller's transaction; then `found` says all that the page tells of it."""

    def __init__(self, load: LoadedFile, report: Report, further: Further, *, by: str) -> None:
        self.load, self.report, self.further = load, report, further
        self.kind = _kind(load, report, by=by)
        self._found: dict[str, Any] = {}

    def __call__(self) -> None:
        at, counting = timezone.now(), effects.Counting(self.load.kind)
        read = _load(self.load, self.kind, self.report, self.further)
        self._found = {
            **counting.found(at),
            "gates": read.found(self.kind, at),
            "former_holders": of_former_holders(),
        }

    def found(self, noted: Noted, ending: Losing | None) -> dict[str, Any]:
        """`ending`: the logins that end; None where there are bad rows."""
        return {
            **self._found,
            "losing": dict(ending or {}),
            "ending": ending.counted if ending is not None else "",
            **_counts(self.kind, self.report, noted),
        }


def _look_again(load: LoadedFile, further: Further) -> None:
    load.step, load.applied_by, load.looked_again = LoadedFile.Step.LOOK, "", True
    _save(load, "step", "applied_by", "looked_again")
    _look(load, further)


def _load(load: LoadedFile, kind: Kind, report: Report, further: Further) -> Gates:
    """Inside the caller's transaction, in which no row may be touched that others wait for."""
    gates = Gates()
    with kept_files.open_kept(load.file) as stream, telling(further) as tell:
        total = -(-load.file.size // KIB)

        def read_on() -> None:
            tell(min(stream.tell() // KIB, total), total)

        def after_batch() -> None:
            gates.read(kind)
            read_on()

        read_on()
        load_rows(kind, rows_of(kind, stream, report), after_batch=after_batch)
    return gates


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
