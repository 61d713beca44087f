"""The size of a request: whether it is more than its route takes, judged before it is read."""

import sys
from contextlib import suppress
from typing import NamedTuple

from django.http import HttpRequest, UnreadablePostError

KILOBYTE = 1024
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Limit(NamedTuple):
    """`fields` of a form. `file`: the type of content as which a file of this length may come, beside
    forms that are SMALL."""

    length: int  # bytes
    fields: int = 0
    file: str = ""


SMALL = Limit(16 * KILOBYTE, 200)
LONGEST_FORM = 1024 * KILOBYTE  # of any page, but for a file


def fits(request: HttpRequest, limit: Limit = SMALL) -> bool:
    """Whether it is no larger. Nothing is read of what is too long, nor of a file; a form is read to
    count its fields."""
    length = length_of(request)
    if length > limit.length:
        return False
    between = b"" if limit.file or not length else _between_fields(request)
    with suppress(UnreadablePostError):  # whoever has left gets nothing
        return not between or request.body.count(between) <= limit.fields
    return True


def length_of(request: HttpRequest) -> int:
    """In bytes; of a body that does not say how long it is (chunked), more than any route takes."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return sys.maxsize
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _between_fields(request: HttpRequest) -> bytes:
    """What stands between the fields of this form; nothing when it is none."""
    if request.content_type == FORM:
        return b"&"
    if request.content_type == MULTIPART:
        boundary = (request.content_params or {}).get("boundary", "")
        return f"--{boundary}".encode(errors="replace")
    return b""
