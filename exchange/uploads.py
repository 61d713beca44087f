"""Uploads, in one part or many, which go on after a connection broke.

What arrived counts, whenever the connection broke. Nobody but the uploader knows of it before all of
it is there; then it becomes a version (`exchange.versions`). What nobody has gone on with for
EXCHANGE_UPLOAD_EXPIRES_AFTER is destroyed.
"""

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.http import Http404
from django.utils import timezone

from centres import audit
from centres.models import Series
from core import encrypted_files
from core.encrypted_files import Busy, Writer
from core.encryption import CannotOpen
from core.errors import log_error
from exchange import file_types, filenames, quota, refusals
from exchange.access import BOARD, Exchange, exchange_for_upload
from exchange.models import Kind, Upload, Version
from exchange.quota import CannotUpload
from exchange.refusals import NotAllowed
from exchange.versions import create_version, lock

AT_ONCE = 64 * 1024  # bytes that are read in one go
SAVED_EVERY = 8 * 1024 * 1024  # bytes
MOST_BEGUN = 20  # uploads of one person to a centre, not finished
BEGUN = (
    f"You have begun {MOST_BEGUN} uploads that are not finished. Continue with one of them, "
    "or wait: one that has received nothing is deleted after an hour, any other after a "
    "day."
)

logger = logging.getLogger(__name__)


class WrongOffset(Exception):
    """What comes does not go on where the upload stands."""


def begin(
    *,
    exchange: Exchange,
    by: AbstractUser,
    name: str,
    length: int,
    kind: str = Kind.OTHER,
    series: Series | None = None,
    note: str = "",
    modified: int | None = None,
) -> Upload:
    """An upload of so many bytes, for which there is room. Raises CannotUpload."""
    if not length:
        raise CannotUpload(refusals.EMPTY)
    with transaction.atomic():
        lock(exchange.centre)
        quota.check(exchange.centre, length)
        begun = Upload.objects.filter(by=by.pk, centre=exchange.centre, version=None)
        if begun.count() >= MOST_BEGUN:
            raise CannotUpload(BEGUN)
        return Upload.objects.create(
            by_id=by.pk,
            centre=exchange.centre,
            main=exchange.main,
            kind=kind,
            series=series,
            name=name[:255],
            note=note[:500],
            modified=modified,
            length=length,
            stored=encrypted_files.begin(),
        )


def unfinished(exchange: Exchange) -> list[Upload]:
    """What this person has begun here and not finished, the newest first; to go on with or to cancel."""
    begun = Upload.objects.filter(
        by=exchange.user.pk, centre=exchange.centre, main=exchange.main, version=None
    )
    return list(begun.select_related("stored", "series").order_by("-heard_at"))


def upload_of(exchange: Exchange, pk: UUID) -> Upload:
    """The uploader's own, and nobody else's. Raises Http404."""
    found = Upload.objects.select_related("stored", "version__file", "series").filter(
        pk=pk, by=exchange.user.pk, centre=exchange.centre, main=exchange.main
    )
    upload = found.first()
    if upload is None:
        raise Http404
    return upload


def receive(
    upload: Upload, read: Callable[[int], bytes], *, offset: int, at: dt.datetime | None = None
) -> None:
    """Take in what is read, from `offset` on; what came before an error is saved.

    Raises WrongOffset, Busy while another request writes, CannotUpload for more than was said, NotAllowed
    for what cannot become a file, and then it is destroyed, CannotOpen when it was cancelled meanwhile, OSError
    when the connection breaks or the disk is full.
    """
    try:
        with Writer(upload.stored) as writer:
            if writer.size != offset:
                raise WrongOffset
            try:
                _read_all(upload, writer, read)
            finally:
                Upload.objects.filter(pk=upload.pk).update(heard_at=at or timezone.now())
                writer.save()
    except NotAllowed as error:
        refuse(upload, str(error))
        raise


def _read_all(upload: Upload, writer: Writer, read: Callable[[int], bytes]) -> None:
    while piece := read(AT_ONCE):
        if writer.size + len(piece) > upload.length:
            raise CannotUpload("More was sent than was announced. Start again.")
        if not writer.size:
            file_types.recognise_head(
                piece, name=upload.name
            )  # rather now than after two gigabytes
        writer.write(piece)
        if writer.size - upload.stored.size >= SAVED_EVERY:
            writer.save()
            quota.check_still(upload, writer.size)


def is_complete(upload: Upload) -> bool:
    return upload.version is None and upload.stored.size == upload.length


def finish(upload: Upload) -> Version:
    """All of it is there: it becomes a version, once. Raises NotAllowed when it cannot, Http404 or
    PermissionDenied when its uploader may not upload it any more, and then it is destroyed; TooLarge
    when there is no room any more, and then it is kept for its time; Busy, CannotOpen, OSError."""
    try:
        if not upload.stored.whole_at:
            with Writer(upload.stored) as writer:
                writer.finish()
        with transaction.atomic():
            found = _locked(upload)
            if found is None:
                raise CannotOpen(encrypted_files.DESTROYED)
            if found.version is None:
                lock(found.centre)
                quota.check_still(found, found.length)
                found.version = _created(found)
                found.save(update_fields=["version"])
    except NotAllowed as error:
        refuse(upload, str(error))
        raise
    except (Http404, PermissionDenied):
        cancel(upload)
        raise
    upload.version = found.version
    return found.version


def _created(upload: Upload) -> Version:
    """The right is asked for anew: what is large takes long to come."""
    other = upload.main.number if upload.main else BOARD
    return create_version(
        exchange=exchange_for_upload(upload.by, upload.centre.number, other),
        by=upload.by,
        stored=upload.stored,
        name=upload.name,
        kind=upload.kind,
        series=upload.series,
        note=upload.note,
    )


def _locked(upload: Upload) -> Upload | None:
    """As it is now; until the end of the transaction nobody else finishes or cancels it."""
    rows = Upload.objects.select_for_update(of=("self",)).filter(pk=upload.pk)
    return rows.select_related("by", "centre", "main", "series", "stored", "version__file").first()


def refuse(upload: Upload, why: str) -> None:
    """What came cannot be taken in: recorded, and destroyed."""
    with transaction.atomic():
        audit.record(
            "exchange_refused",
            by=upload.by,
            centre=upload.centre,
            series=upload.series,
            subject=filenames.shown(upload.name),
            new={"why": why, "with": upload.main.number if upload.main else BOARD},
        )
        cancel(upload)


def cancel(upload: Upload) -> None:
    """Destroy what came so far. What has become a version stays."""
    with transaction.atomic():
        found = _locked(upload)
        if found is None:
            return
        found.delete()
        if found.version is None:
            encrypted_files.drop(found.stored)


def tidy(at: dt.datetime | None = None) -> int:
    """Finish what came whole and was left by a process that was killed; destroy what nobody goes on
    with; how many."""
    at = at or timezone.now()
    uploads = Upload.objects.select_related("stored")
    left = uploads.filter(
        version=None,
        stored__size=F("length"),
        heard_at__lt=at - settings.EXCHANGE_UPLOAD_FINISH_AFTER,
    )
    abandoned = uploads.filter(
        Q(heard_at__lt=at - settings.EXCHANGE_UPLOAD_EXPIRES_AFTER)
        | Q(version=None, stored__size=0, heard_at__lt=at - settings.EXCHANGE_EMPTY_EXPIRES_AFTER)
    )
    found: list[tuple[Callable[[Upload], Any], Upload]] = [
        *((cancel, one) for one in abandoned),
        *((finish, one) for one in left.exclude(pk__in=abandoned.values("pk"))),
    ]
    for act, upload in found:
        with suppress(NotAllowed, CannotUpload, Busy, CannotOpen, Http404, PermissionDenied):
            try:
                act(upload)
            except OSError as error:  # what the storage does not allow now, the next round will do
                log_error(error, f"upload {upload.pk}")
    return len(found)
