"""Make the letters of a letter file in the background, part after part (rules 15 and 17).

It is a job like any other (`core.jobs`). Killed at any point, a worker leaves a file that
another goes on with, for those still without letters. Should it be alive after all, on a machine
that stood still, nobody is harmed: `credentials.letters.letter_parts` puts in place only what still holds.
"""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from centres import audit
from centres.models import Centre
from centres.unprintable import recorded, sentence
from core.errors import log_error
from core.jobs import JobError, ReportProgress, State, start_when_committed
from core.pdf.layout import CannotPrint
from credentials.letters import letter_parts, storage
from credentials.letters.eligibility import CannotCreate, blocker
from credentials.letters.issuing import lock
from credentials.models import Credentials, LetterFile
from storage.store import FULL

NO_ROOM = (
    "There is no room left where letters are stored. Tell the awarding body; when there is room "
    "again, try again."
)
NO_STORAGE = (
    "The place where letters are stored cannot be reached. Tell the awarding body; when it is back, "
    "try again."
)


def record_end(letter_file: LetterFile) -> None:
    """Where it failed, the letters that it has are kept; what was half written is removed, if that
    can be done."""
    by = letter_file.asked_by
    if letter_file.is_ready:
        new = {"letters": letter_file.done}
        if letter_file.unprintable:
            new["names that cannot be printed"] = len(letter_file.unprintable)
        _record("credentials_created", letter_file, by=by, new=new)
    else:
        _record("letters_failed", letter_file, by=by, new={"error": letter_file.error})
        with suppress(OSError):
            storage.remove_orphans(letter_file)


def make(letter_file: LetterFile, report_progress: ReportProgress) -> None:
    """All the letters that are missing. How far it is, each part writes with what it puts in place."""
    try:
        data_key = storage.unwrap(letter_file)
        while letter_parts.make_next(letter_file, data_key):
            pass
        if not letter_file.parts.exists():
            raise JobError(_none(letter_file))
        if storage.has_lost_a_part(letter_file):
            raise FileNotFoundError("a part of this letter file is not in the storage")
        storage.remove_orphans(letter_file)  # before it is ready, as nobody comes back to it then
    except (CannotPrint, storage.CannotOpen) as error:
        raise JobError(str(error)) from None
    except OSError as error:
        log_error(error, letter_file.audit_subject)
        raise JobError(NO_ROOM if error.errno in FULL else NO_STORAGE) from None


def _none(letter_file: LetterFile) -> str:
    """Why there is not one letter."""
    letter_file.refresh_from_db(fields=["unprintable"])
    if names := recorded(letter_file.unprintable):
        return sentence(names)
    return "None of the chosen candidates has access any more."


def retry(*, letter_file: LetterFile, by: User, at: dt.datetime | None = None) -> None:
    """Continue with a file that failed; the letters that it has are kept, and who has a newer one from
    another file is left out. Raises CannotCreate."""
    with transaction.atomic():
        lock(Centre.objects.filter(pk=letter_file.centre_id))
        if reason := blocker(letter_file.centre, letter_file.series, at=at):
            raise CannotCreate(reason)
        failed = LetterFile.objects.select_for_update(of=("self",)).filter(state=State.FAILED)
        file = failed.filter(pk=letter_file.pk).first()
        if file is None:
            raise CannotCreate("Only letters that could not be made can be tried again.")
        newer = _have_newer(file)
        wanted = [pk for pk in file.chosen if pk not in newer]
        if newer and len(wanted) == file.done:
            raise CannotCreate(
                "Newer letters were made for all of these candidates in the meantime."
            )
        file.chosen, file.total = wanted, len(wanted)
        file.state, file.error, file.heartbeat = State.QUEUED, "", timezone.now()
        file.unprintable, file.attempts = {}, 0
        file.save(
            update_fields=[
                *("chosen", "total", "state", "error", "heartbeat", "unprintable", "attempts")
            ]
        )
        new = {"tried again": True, "letters": len(wanted) - file.done}
        _record("credentials_requested", file, by=by.username, new=new)
        start_when_committed(file)


def _have_newer(letter_file: LetterFile) -> set[int]:
    """The candidates still without a letter of this file who have one that was asked for, or made, later.
    An older file, tried again, may have made that one, and it may be printed by now."""
    later = Q(letter_file__asked_at__gt=letter_file.asked_at) | Q(
        created_at__gt=letter_file.asked_at
    )
    theirs = Credentials.objects.live().filter(
        later, candidate__centre=letter_file.centre, candidate__series=letter_file.series
    )
    without = set(letter_parts.still_without(letter_file.pk))
    return set(theirs.values_list("candidate_id", flat=True)) & without


def _record(action: str, letter_file: LetterFile, *, by: str, new: dict) -> None:
    audit.record(
        action,
        by=by,
        centre=letter_file.centre,
        series=letter_file.series,
        subject=letter_file.audit_subject,
        new=new,
    )
