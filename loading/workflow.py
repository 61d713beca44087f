"""The workflow of a load in the browser: a file is uploaded, its changes are shown, and it is applied.

A file is checked by the code that loads it, as `load --dry-run` does; it can be applied when it has no
bad row and changes something. A file that changes what a gate before the grades reads (`loading.gates`)
is applied by another person than who gave it. Both steps are done in the background (`loading.tasks`).
"""

import datetime as dt
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import four_eyes
from accounts.models import User
from centres import audit
from core import encrypted_files, jobs
from core.ask_pages import still_holds
from core.jobs import State
from loading.engine.dialect import NotCsv, dialect_of
from loading.models import LoadedFile
from loading.registry import KINDS, is_workbook, kind_of

Step = LoadedFile.Step
ABANDONED_AFTER = dt.timedelta(days=1)
BY = "destroy_loaded_files"
SIGNS_SHOWN = 200


class CannotLoad(ValueError):
    """This cannot be done with this file; the message says why, and what to do."""


class NeedsSecondPerson(CannotLoad):
    """Who gave a file with releases cannot apply it as well."""


def check_kind(stream: BinaryIO, wanted: str) -> str:
    """The kind as which this file is loaded. Raises CannotLoad where it is of another kind than
    wanted, or where nobody has said which and its heads do not tell, or it is no file to load at all."""
    try:
        found = kind_of(stream)
    except NotCsv as reason:
        raise CannotLoad(str(reason)) from None
    if found and wanted and found != wanted:
        why = "it is a workbook" if is_workbook(stream) else "so say its heads"
        raise CannotLoad(
            f"This is a file of {found}, {why}, and you chose {wanted}. Choose the right file, or "
            "the right kind."
        )
    if found or wanted:
        return found or wanted
    heads = ", ".join(dialect_of(stream).heads)[:SIGNS_SHOWN]
    raise CannotLoad(
        f"The kind of this file cannot be told: its first line reads “{heads}”, and these are the "
        f"heads of none of {', '.join(KINDS)}. Choose the kind, and every missing head is named."
    )


def begin(*, name: str, by: User) -> LoadedFile:
    """A file that is about to arrive: nothing for a worker yet."""
    with transaction.atomic():
        return LoadedFile.objects.create(
            name=name, asked_by=by.username, file=encrypted_files.begin(), state=State.READY
        )


def give(load: LoadedFile, *, kind: str, reason: str, by: User) -> None:
    """It is whole and of a known kind: see what would change."""
    with transaction.atomic():
        load.kind, load.reason = kind, reason
        load.needs_second_person = kind == LoadedFile.SERIES
        load.step, load.state, load.attempts = Step.CHECK, State.QUEUED, 0
        load.asked_at = timezone.now()
        load.save()
        _record("file_given", load, by)
        jobs.start_when_committed(load)


def forget(load: LoadedFile) -> None:
    """A file that did not arrive, or cannot be loaded: nothing of it stays."""
    with transaction.atomic():
        load.delete()
        encrypted_files.drop(load.file)


def apply(
    load: LoadedFile, *, by: User, counted: str | None = None, names_are_right: bool = False
) -> None:
    """Apply what was checked, as was `counted`. Raises CannotLoad, NeedsSecondPerson, and AskAgain."""
    with transaction.atomic():
        load = LoadedFile.objects.select_for_update().get(pk=load.pk)
        if not load.can_be_applied:
            raise CannotLoad("This file cannot be applied as it is now: see below.")
        still_holds(load, counted)
        if load.needs_second_person and (why := _why_not(load, by)):
            raise NeedsSecondPerson(why)
        if load.has_spoilt_names and not names_are_right:
            raise CannotLoad(
                "Names in this file have letters that were lost or garbled, and letters are printed as they "
                "stand. Upload a better file, or tick that the names are right."
            )
        load.step, load.state, load.applied_by = Step.APPLY, State.QUEUED, by.username
        load.heartbeat = timezone.now()
        load.done = load.total = load.attempts = 0
        load.looked_again = False
        load.save()
        jobs.start_when_committed(load)


def _why_not(load: LoadedFile, by: User) -> str:
    own = (
        "You uploaded this file, and it changes what may be seen, by whom or when: so somebody else at the board "
        "must apply it."
    )
    return four_eyes.why_not(load.asked_by, by.username, own=own)


def discard(load: LoadedFile, *, by: User) -> None:
    """Destroy a file that shall not be applied. Raises CannotLoad for one under way or applied."""
    with transaction.atomic():
        load = LoadedFile.objects.select_for_update().get(pk=load.pk)
        if load.under_way or load.applied_at or load.destroyed_at:
            raise CannotLoad("This file is being read, applied or deleted: see below.")
        load.step = Step.DISCARDED
        _destroy(load, timezone.now())
        _record("file_discarded", load, by)


def kept_until(load: LoadedFile) -> dt.datetime:
    return load.asked_at + settings.LOADED_FILE_RETENTION


def destroy_expired(at: dt.datetime | None = None) -> int:
    """Destroy the files whose time of keeping (LOADED_FILE_RETENTION_DAYS) has passed, and forget those
    that never arrived; how many."""
    at = at or timezone.now()
    arriving = LoadedFile.objects.filter(step=Step.ARRIVING, asked_at__lt=at - ABANDONED_AFTER)
    abandoned = list(arriving.select_related("file"))
    for load in abandoned:
        forget(load)
    old = LoadedFile.objects.exclude(step=Step.ARRIVING).filter(
        destroyed_at=None,
        asked_at__lt=at - settings.LOADED_FILE_RETENTION,
        state__in=[State.READY, State.FAILED],
    )
    return len(abandoned) + sum(
        _destroy_old(old, pk, at) for pk in list(old.values_list("pk", flat=True))
    )


def _destroy_old(old: QuerySet[LoadedFile], pk: UUID, at: dt.datetime) -> bool:
    """Whether it was still to be destroyed: somebody may apply it by now."""
    with transaction.atomic():
        load = old.select_for_update().filter(pk=pk).first()
        if load:
            _destroy(load, at)
            _record("loaded_file_destroyed", load, BY)
    return load is not None


def _destroy(load: LoadedFile, at: dt.datetime) -> None:
    """The file itself, and what was kept of its check. Its row tells what it was."""
    faults, sample = load.faults, load.sample
    load.faults = load.sample = None
    load.destroyed_at = at
    load.save()
    encrypted_files.destroy(load.file)
    encrypted_files.drop(faults)
    encrypted_files.drop(sample)


def _record(action: str, load: LoadedFile, by: User | str) -> None:
    audit.record(action, by=by, subject=str(load))
