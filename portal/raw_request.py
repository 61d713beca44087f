"""A request for the candidate site as it lies in the socket, read before Django is asked.

It is read as gunicorn reads one, by the same limits: what is not whole, or not plainly one of these,
is none of ours, and goes the ordinary way.
"""

import re
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import trans_real

from candidate_site.cookie import said_in

SITE = "/results/"
REQUEST_LINE = re.compile(r"(GET|POST) (/results/[!-~]*) HTTP/1\.[01]")
TARGET = re.compile(r"([^?#]*)\??([^#]*)(?:#.*)?")
HEADER = re.compile(r"([!#$%&'*+.^`|~0-9A-Za-z-]+):([\t -~\x80-\xff]*)")
LONGEST_LINE, MOST_HEADERS, LONGEST_HEADER = 4_094, 100, 8_188
LANGUAGE = re.compile(r"language=([a-z-]+)")


class Asked(NamedTuple):
    """A whole request for the candidate site."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def whose(self) -> str:
        """Whose visit it is, if the cookie is one that we have signed; whether it is still good, the site
        says."""
        said = said_in(self.headers.get("cookie", ""))
        return str(said[0]) if said else ""

    @property
    def may_wait(self) -> bool:
        """A page can be looked at later. Of forms only a login, and only when the browser says that
        it comes from our own page; any other is for the site to judge."""
        if self.method == "GET":
            return True
        return self.path == SITE and self.headers.get("sec-fetch-site") == "same-origin"

    @property
    def for_the_form(self) -> bool:
        """Nothing in the address makes the form another than everybody's."""
        plain = not self.query or bool(self.chosen)
        return (self.method, self.path) == ("GET", SITE) and plain

    @property
    def chosen(self) -> str:
        """The language that the address names, and nothing else."""
        named = LANGUAGE.fullmatch(self.query)
        return named[1] if named and named[1] in dict(settings.LANGUAGES) else ""

    @property
    def wished(self) -> str:
        """What the browser wishes, of what there is; so few pages are kept, whatever it sends."""
        return _accepted(self.headers.get("accept-language", ""))


def read(came: bytes) -> Asked | None:
    """What is asked of the candidate site; None for anything else, or when it has not come whole."""
    if not came.startswith((b"GET /results/", b"POST /results/")):
        return None
    head, end, body = came.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    request = REQUEST_LINE.fullmatch(line)
    headers = _headers(lines)
    if not end or not request or len(line) > LONGEST_LINE or headers is None:
        return None
    whole = headers.get("content-length", "0") == str(len(body))
    if not whole or "transfer-encoding" in headers or "expect" in headers:
        return None
    target = TARGET.fullmatch(request[2])
    return Asked(request[1], target[1], target[2], headers, body) if target else None


def _headers(lines: list[str]) -> dict[str, str] | None:
    """By their names in lower case; None for what is no plain list of headers, each named once."""
    found = [HEADER.fullmatch(line) for line in lines if len(line) <= LONGEST_HEADER]
    headers = {one[1].lower(): one[2].strip(" \t") for one in found if one}
    return headers if len(headers) == len(lines) <= MOST_HEADERS else None


@lru_cache(maxsize=1_000)
def _accepted(header: str) -> str:
    for language, _ in trans_real.parse_accept_lang_header(header.lower()):
        with suppress(LookupError):
            return trans_real.get_supported_language_variant(language)
    return settings.LANGUAGE_CODE
