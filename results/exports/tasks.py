"""Background work for exports that take long: made for one person, and kept for some days.

What a file shows is what that person may see at the instant at which it is made. It is downloaded by that
person alone, and checked once more each time: whoever is no longer on the staff does not get it, nor
is it given when it is out of date (`results.exports.out_of_date`), or that person may not see it any
more. It is encrypted from its first byte (`core.encrypted_files`), and destroyed after
EXPORT_RETENTION_DAYS, or when asked.
"""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from centres.access import viewed_centres
from centres.models import Centre, Series
from core import encrypted_files, jobs
from core.encryption import CannotOpen
from core.errors import log_error
from core.jobs import JobError, JobTakenOver, ReportProgress, State, start_when_committed
from core.pdf.layout import CannotPrint
from results.exports.build import write
from results.exports.heading import heading_of
from results.exports.out_of_date import export_is_out_of_date
from results.exports.selection import Selection, record_download
from results.models import Export, What
from results.staff_release import seen_by

OUT_OF_DATE = (
    "What this file shows is no longer up to date, so it can no longer be downloaded. "
    "Delete it, and make a new one."
)
NO_LONGER_STAFF = "You are no longer on the staff of every centre in this file."
GONE = "This file has been deleted. Make a new one."
BY_CANDIDATE = (What.BROADSHEET, What.STATEMENTS)  # a line or a page for each; else for each entry
MOST_STORED = 20  # files of one person
MOST_UNDER_WAY = 3
TOO_MANY = f"{MOST_UNDER_WAY} files are being made for you already. Wait until one of them is ready, and ask again."


class Into(io.RawIOBase):
    """The encrypted file as zipfile and openpyxl want one to be: it can be written to, and no more."""

    def __init__(self, writer: encrypted_files.Writer) -> None:
        super().__init__()
        self._writer = writer

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        return self._writer.write(piece)


class TooMany(Exception):
    """As many files are being made for this person as may be at a time."""


class CannotDownload(Exception):
    """This file cannot be downloaded; the text says why, and what to do."""


def selection_of(export: Export) -> Selection:
    if export.user is None:
        raise CannotDownload(NO_LONGER_STAFF)
    return Selection(
        export.user, export.centre, export.series, export.together, tuple(export.numbers)
    )


def ask(*, selection: Selection, what: str, format: str, pum: bool = False) -> Export:
    """Have this file made in the background. Of the same person's oldest, those too many go. Raises
    TooMany."""
    with transaction.atomic():
        _check_under_way(selection.user)
        export = Export.objects.create(
            user_id=selection.user.pk,
            asked_by=selection.user.username,
            centre=selection.centre,
            series=selection.series,
            together=selection.together,
            numbers=list(selection.numbers),
            what=what,
            format=format,
            pum=pum,
        )
        others = Export.objects.filter(user=selection.user.pk).exclude(pk=export.pk)
        done_with = others.exclude(state=State.RUNNING).order_by("-asked_at")
        for old in done_with[MOST_STORED - 1 :]:
            destroy(export=old)
        start_when_committed(export)
    return export


def try_again(*, export: Export, user: AbstractUser) -> None:
    """Queue what failed once more. Raises TooMany."""
    with transaction.atomic():
        _check_under_way(user)
        jobs.try_again(export)


def _check_under_way(user: AbstractUser) -> None:
    """One asks at a time, until the transaction ends. Raises TooMany."""
    User.objects.select_for_update().get(pk=user.pk)
    if Export.objects.filter(user=user.pk).under_way().count() >= MOST_UNDER_WAY:
        raise TooMany(TOO_MANY)


def make(export: Export, report_progress: ReportProgress) -> None:
    """The work; begun anew, when a worker was killed in the middle of it."""
    _forget_file(export)
    try:
        of = selection_of(export)
    except CannotDownload as error:
        raise JobError(str(error)) from None
    if not may_look(of.user, of.centre, of.series):
        raise JobError(NO_LONGER_STAFF)
    total = of.how_many if export.what in BY_CANDIDATE else of.entries.count()
    heading = heading_of(What(export.what).label, of)
    at = heading.made_at
    centres = _centres(of)
    export.stored = encrypted_files.begin()
    _save(export, "stored")
    try:
        with encrypted_files.Writer(export.stored) as writer:
            write(
                export.what,
                export.format,
                of,
                Into(writer),
                pum=export.pum,
                at=at,
                report_done=lambda done: report_progress(min(done, total), total),
            )
            writer.finish()
    except CannotPrint as error:
        raise JobError(str(error)) from None
    except OSError as error:
        log_error(error, f"export {export.pk}")
        raise JobError("The disk is full, or cannot be written to. Try again later.") from None
    export.made_at, export.file_name = at, heading.file_name(export.format)
    export.restricted_until = heading.restricted_until
    # Asked before and after: what was detached while the file was made may stand in it.
    export.shown = sorted({*heading.shown, *heading_of("", of, at=at).shown})
    export.of_centres = sorted(centres | _centres(of))
    _save(export, "made_at", "file_name", "restricted_until", "shown", "of_centres")
    report_progress(total, total)


def exports_of(user: AbstractUser, centre: Centre, series: Series):
    """Those that this person has had made on this centre's page, the latest first."""
    return Export.objects.filter(user=user.pk, centre=centre, series=series).select_related(
        "stored", "centre", "series", "user"
    )


def why_not(export: Export, *, at: dt.datetime | None = None) -> str:
    """Why this file cannot be downloaded, in words for who asked for it; empty when it can."""
    at = at or timezone.now()
    if export.stored is None or export.stored.is_destroyed:
        return GONE
    if export.user is None or not may_look(export.user, export.centre, export.series):
        return NO_LONGER_STAFF
    mine = set(viewed_centres(export.user).values_list("number", flat=True))
    if not mine.issuperset(export.of_centres):
        return NO_LONGER_STAFF
    return OUT_OF_DATE if _hidden_since(export, at) else ""


def download(*, export: Export, at: dt.datetime | None = None) -> Iterator[bytes]:
    """The file, in pieces; that it is downloaded is recorded first. Raises CannotDownload."""
    if not export.is_ready or export.stored is None:
        raise CannotDownload("This file is not ready yet.")
    if reason := why_not(export, at=at):
        raise CannotDownload(reason)
    try:
        pieces = encrypted_files.stream(export.stored)
    except CannotOpen as error:
        raise CannotDownload(str(error)) from None
    record_download(selection_of(export), str(export))
    return pieces


def destroy(*, export: Export) -> bool:
    """For good, the file and what is known of it; whether it was there, and not being made."""
    with transaction.atomic():
        idle = Export.objects.select_for_update().exclude(state=State.RUNNING)
        found = idle.filter(pk=export.pk).first()  # as it is now: it may have been made since
        if found:
            found.delete()
    return found is not None


def destroy_with_its_row(sender: type[Export], instance: Export, **kwargs: Any) -> None:
    """Whatever deletes the row, as when its centre is deleted, destroys the file."""
    encrypted_files.drop(instance.stored)


def destroy_expired(at: dt.datetime | None = None) -> int:
    """Destroy what was kept for its time, and what belongs to nobody any more; how many."""
    at = at or timezone.now()
    done_with = Export.objects.filter(Q(user=None) | Q(asked_at__lt=at - settings.EXPORT_RETENTION))
    return sum(destroy(export=export) for export in list(done_with))


def may_look(user: AbstractUser, centre: Centre, series: Series) -> bool:
    """Whether this person is on the staff here, as on the pages."""
    return user.is_active and viewed_centres(user).filter(pk=centre.pk).exists()


def _forget_file(export: Export) -> None:
    if export.stored:
        stored = export.stored
        export.stored = None
        _save(export, "stored")
        encrypted_files.drop(stored)


def _save(export: Export, *fields: str) -> None:
    """Raises JobTakenOver when another run has it by now: nothing is written onto that one's row."""
    this_run = Export.objects.filter(pk=export.pk, run=export.run)
    if not this_run.update(**{name: getattr(export, name) for name in fields}):
        raise JobTakenOver


def _centres(of: Selection) -> set[str]:
    """The numbers of the centres of which it tells."""
    return set(of.centres.values_list("number", flat=True))


def _hidden_since(export: Export, at: dt.datetime) -> bool:
    """Whether it is out of date, or that person could not see any more what it shows as it was made: the
    right to see it in confidence was taken away, or begins later now."""
    of, made_at = selection_of(export), export.made_at or at
    shown = of.entries.filter(withdrawn=False, syllabus__qualification__name__in=export.shown)
    now = seen_by(of.user, shown, at=at)
    later = now.filter(Q(seen_from=None) | Q(seen_from__gt=made_at))
    return later.exists() or export_is_out_of_date(export, made_at)
