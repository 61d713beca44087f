"""Versions: sharing a file makes a new name in its folder, or a newer version of what is there.

However it comes – an upload, the plain form, or made elsewhere in Direct by `share_file` – it is recognised by
what is in it, its name is cleaned, and it becomes a version in one transaction with its audit row. Then
it is checked (`exchange.tasks`) before anybody may download it. Nothing is ever overwritten.
"""

import datetime as dt
from collections.abc import Container, Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from centres import audit
from centres.models import Centre, Series
from core import encrypted_files, jobs
from core.errors import log_error
from core.models import EncryptedFile
from exchange import file_types, filenames, quota
from exchange.access import BOARD, Exchange
from exchange.extensions import CONTENTS
from exchange.models import File, Inspection, Kind, Version
from exchange.quota import NO_ROOM, CannotUpload
from exchange.refusals import NotAllowed


def share_file(
    *,
    exchange: Exchange,
    by: User,
    name: str,
    chunks: Iterable[bytes],
    kind: Kind = Kind.OTHER,
    series: Series | None = None,
    note: str = "",
    kept_until: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Version:
    """Put a whole file there that was made elsewhere in Direct, from its bytes in parts.

    `exchange` is had of `exchange.access.exchange_for_upload`, which asks for the right to it. It is kept
    for EXCHANGE_RETENTION, or until `kept_until` if that is sooner. Raises CannotUpload, whose text says why.
    """
    try:
        stored = encrypted_files.keep(chunks)
    except OSError as error:
        log_error(error, f"a file for {exchange.centre.number}")
        raise CannotUpload(NO_ROOM) from None
    try:
        with transaction.atomic():
            lock(exchange.centre)
            quota.check(exchange.centre, stored.size)
            return create_version(
                exchange=exchange,
                by=by,
                stored=stored,
                name=name,
                kind=kind,
                series=series,
                note=note,
                kept_until=kept_until,
                at=at,
                taken=CONTENTS,
            )
    except BaseException as error:
        encrypted_files.drop(stored)
        if isinstance(error, NotAllowed):
            raise CannotUpload(str(error)) from None
        raise


def create_version(
    *,
    exchange: Exchange,
    by: User,
    stored: EncryptedFile,
    name: str,
    kind: str,
    series: Series | None,
    note: str,
    kept_until: dt.datetime | None = None,
    at: dt.datetime | None = None,
    taken: Container[str] | None = None,
) -> Version:
    """Make a version of a file that is whole; of the kinds that people may upload, or of those `taken`.
    Raises NotAllowed, CannotOpen."""
    at = at or timezone.now()
    content = file_types.recognise(stored, taken)
    with transaction.atomic():
        lock(exchange.centre)
        file, _ = File.objects.get_or_create(
            centre=exchange.centre,
            main=exchange.main,
            series=series,
            kind=kind,
            name=filenames.clean(name, CONTENTS[content].extensions),
        )
        latest = file.versions.order_by().aggregate(latest=Max("number"))["latest"] or 0
        usual = at + settings.EXCHANGE_RETENTION
        version = Version.objects.create(
            file=file,
            number=latest + 1,
            stored=stored,
            content=content,
            side=exchange.side,
            uploaded_by=by.username,
            uploaded_at=at,
            note=note,
            kept_until=min(kept_until, usual) if kept_until else usual,
        )
        inspection = Inspection.objects.create(version=version, asked_by=by.username)
        record("exchange_uploaded", version, by=by, new={"size": stored.size})
        jobs.start_when_committed(inspection)
    return version


def lock(centre: Centre) -> None:
    """Until the end of the transaction nobody else puts a file into an exchange of this centre."""
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)


def record(action: str, version: Version, *, by: User | str, new: dict | None = None) -> None:
    """An audit row of a version: which, in which folder, and with whom it is exchanged."""
    file = version.file
    audit.record(
        action,
        by=by,
        centre=file.centre,
        series=file.series,
        subject=f"{file.name}, version {version.number}",
        new={
            "folder": Kind(file.kind).label,
            "with": file.main.number if file.main else BOARD,
            **(new or {}),
        },
    )
