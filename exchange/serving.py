"""A file leaves only as a download: no browser runs it, shows it, guesses what it is, or keeps it.

Ranges can be asked for, so that a download goes on where it broke; `If-Range` with the ETag, which is
the SHA-256, sees to it that both halves are of one file. It is read in pieces, in flat memory.
"""

import re
from collections.abc import Iterator
from itertools import chain

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from centres.kept_files import stream
from exchange.models import Version

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
HEADERS = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store, private",
    "Accept-Ranges": "bytes",
}


def serve(request: HttpRequest, version: Version) -> HttpResponseBase:
    """The answer with the file, or the part that was asked for. Raises CannotOpen."""
    size, etag = version.kept.size, f'"{version.kept.sha256}"'
    start, stop = 0, size
    asked = _asked(request, etag)
    if asked is not None:
        start, stop = _within(asked, size)
        if start >= stop:
            return _answer(416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
    parts = stream(version.kept, start, stop)
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
