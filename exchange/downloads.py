"""Downloads from an exchange: recorded, once, before the file is given. Withdrawing one's own uploads, too.

A browser that fetches a file in ranges, or goes on after its connection broke, downloads it once: what the
same person asks for within CONTINUED of a download belongs to it, unless it is asked for from its beginning.
What was withdrawn is destroyed at once, and shown as withdrawn. Letters are for those alone who may
have them (rule 17).

A file leaves only as a download: no browser runs it, shows it, guesses what it is, or keeps it. Ranges
can be asked for, so that a download goes on where it broke; `If-Range` with the ETag, which is the
SHA-256, sees to it that both halves are of one file. It is read in pieces, in flat memory.
"""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import chain

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.models import User
from core import encrypted_files
from core.ask_pages import still_holds
from exchange.access import Exchange
from exchange.listing import VersionRow
from exchange.models import Download, Kind, Version
from exchange.version_state import OUT_OF_DATE, State, standing, state_of
from exchange.versions import record

CONTINUED = dt.timedelta(hours=12)
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
HEADERS = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store, private",
    "Accept-Ranges": "bytes",
}


class CannotDownload(Exception):
    """It cannot be downloaded, or withdrawn; the text says why."""


def check(version: Version, exchange: Exchange) -> None:
    """Raises CannotDownload when it cannot be downloaded, or not by this person."""
    if version.file.kind == Kind.LETTERS and not exchange.may_have_letters:
        raise CannotDownload(
            "Letters hold logins, so only staff who may manage the Candidate Results website can "
            f"download them. If that should be you, e-mail {settings.SUPPORT_EMAIL}."
        )
    state = state_of(version)
    if state is State.OUT_OF_DATE:
        raise CannotDownload(OUT_OF_DATE)
    if not state.can_be_downloaded:
        raise CannotDownload(f"This version cannot be downloaded: {state.words.lower()}.")


def download(
    *,
    version: Version,
    exchange: Exchange,
    by: User,
    a_range: bool = False,
    at: dt.datetime | None = None,
) -> None:
    """Record that this person downloads it; `a_range` for a part of it. Raises CannotDownload."""
    at = at or timezone.now()
    with transaction.atomic():
        version = _locked(version)  # whoever withdraws it waits, or has done so
        check(version, exchange)
        mine = version.downloads.filter(by=by.username, side=exchange.side, at__gt=at - CONTINUED)
        if a_range and mine.exists():
            return
        Download.objects.create(version=version, side=exchange.side, by=by.username, at=at)
        record("exchange_downloaded", version, by=by)


def withdraw(
    *,
    version: Version,
    exchange: Exchange,
    by: User,
    counted: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Only by the side that has uploaded it, as was `counted`. Raises CannotDownload, and AskAgain."""
    if version.side != exchange.side:
        raise CannotDownload("Only those who uploaded a file can withdraw it.")
    with transaction.atomic():
        version = _locked(version)
        if not state_of(version).can_be_withdrawn:
            raise CannotDownload("This version is no longer here, so it cannot be withdrawn.")
        still_holds(VersionRow(version, exchange), counted)
        version.withdrawn_by, version.withdrawn_at = by.username, at or timezone.now()
        version.save(update_fields=["withdrawn_by", "withdrawn_at"])
        encrypted_files.destroy(version.stored)
        record("exchange_withdrawn", version, by=by)


def _locked(version: Version) -> Version:
    """As it is now, until the end of the transaction."""
    rows = standing(Version.objects.select_for_update(of=("self",)))
    return rows.select_related("file__centre", "file__main", "file__series").get(pk=version.pk)


def serve(request: HttpRequest, version: Version) -> HttpResponseBase:
    """The answer with the file, or the part that was asked for. Raises CannotOpen."""
    size, etag = version.stored.size, f'"{version.stored.sha256}"'
    start, stop = 0, size
    asked = _asked(request, etag)
    if asked is not None:
        start, stop = _within(asked, size)
        if start >= stop:
            return _answer(416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
    parts = encrypted_files.stream(version.stored, start, stop)
    parts = chain([next(parts, b"")], parts)  # what is damaged is said, not begun
    name = content_disposition_header(as_attachment=True, filename=version.file.name)
    headers = {
        "Content-Disposition": name or "attachment",
        "Content-Length": str(stop - start),
        "ETag": etag,
    }
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return _answer(
        200 if asked is None else 206, headers, () if request.method == "HEAD" else parts
    )


def _asked(request: HttpRequest, etag: str) -> tuple[str, str] | None:
    """First and last byte of the one range that was asked for; None for the whole file. Several
    ranges at once get the whole, as a server may."""
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not found or found[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    return found[1], found[2]


def _within(asked: tuple[str, str], size: int) -> tuple[int, int]:
    first, last = asked
    if not first:  # so many bytes from the end
        return max(0, size - int(last)), size if int(last) else 0
    return int(first), min(int(last) + 1, size) if last else size


def _answer(
    status: int, headers: dict[str, str], parts: Iterator[bytes] | tuple = ()
) -> HttpResponse | StreamingHttpResponse:
    return StreamingHttpResponse(parts, status=status, headers={**HEADERS, **headers})
