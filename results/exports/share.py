"""Sharing an export in File Exchange, in one step: between an Associate Centre and its main centre, or
between any other centre and the board.

It is a download, and recorded as one. While anything in it is restricted it is not shared: whoever
downloads it there need not have the right to see it in confidence. What it shows is noted, for from the moment
at which it is out of date nobody downloads it there any more (`results.exports.out_of_date`).
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from centres.access import ActingFor
from core.dates import local
from exchange.access import BOARD, Exchange, exchange_for
from exchange.models import Kind, Version
from exchange.quota import CannotUpload
from exchange.versions import share_file
from results.exports import out_of_date
from results.exports.build import file_of
from results.exports.heading import Heading, heading_of
from results.exports.selection import Selection
from results.exports.tasks import download, selection_of
from results.models import Export


def exchange_of(acting: ActingFor) -> Exchange:
    """Where a file of this centre can go. Raises Http404 as `exchange_for` does."""
    other = acting.main.number if acting.main else BOARD
    return exchange_for(acting.user, acting.centre.number, other)


def share_now(
    *, exchange: Exchange, by: User, selection: Selection, what: str, format: str, pum: bool = False
) -> Version:
    """A small file, made now. Raises CannotUpload and CannotPrint; then nothing is recorded."""
    with transaction.atomic():
        made = file_of(what, format, selection, pum=pum)
        heading = made.heading
        _check(heading, exchange)
        made.record()
        chunks = [made.content] if isinstance(made.content, bytes) else made.content
        version = _share(exchange, by, heading, heading.file_name(format), chunks)
        centres = selection.centres.values_list("number", flat=True)
        out_of_date.note(version, heading.made_at, centres, heading.shown, selection.numbers)
    return version


def share_export(
    *, exchange: Exchange, by: User, export: Export, at: dt.datetime | None = None
) -> Version:
    """One that was made in the background. Raises CannotUpload, and CannotDownload as a download does."""
    with transaction.atomic():
        # As it is now: the release may have been put off since the file was made.
        heading = heading_of("", selection_of(export), at=at)
        _check(heading, exchange)
        chunks = download(export=export, at=heading.made_at)
        version = _share(exchange, by, heading, export.file_name, chunks)
        made_at = export.made_at or heading.made_at
        out_of_date.note(version, made_at, export.of_centres, export.shown, export.numbers)
    return version


def _share(
    exchange: Exchange, by: User, heading: Heading, name: str, chunks: Iterable[bytes]
) -> Version:
    series, at = heading.selection.series, heading.made_at
    return share_file(
        exchange=exchange, by=by, name=name, chunks=chunks, kind=Kind.RESULTS, series=series, at=at
    )


def _check(heading: Heading, exchange: Exchange) -> None:
    if until := heading.restricted_until:
        raise CannotUpload(
            f"Results in this file are restricted until {local(until, exchange.centre)}, and "
            "not everybody who downloads files from File Exchange may see them. Share it there after that."
        )
