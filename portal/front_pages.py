"""What the proxy in front knows of the site: its waiting pages in each language, and its routes that take much.

`deploy/haproxy/haproxy.cfg` names these files; they are written anew with each release, for pages name their style
sheets by content. A page stands in a map, on one line: the key says whether the site is there at all (1 or 0),
and the language as the address of the sign-in form has it there. Where a login was typed, it stands between three
parts of a page. Routes stand as patterns of whole paths, decoded.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from candidate_site.middleware import security_headers
from candidate_site.waiting import away, waiting
from portal.limits import MADE_OR_GIVEN, larger
from portal.unavailable import AWAY

USERNAME, PASSWORD = token_hex(), token_hex()  # on a page they hold the places of what was typed
BUSY = (
    "Please wait a moment",
    "As many files are being uploaded and downloaded as the service can handle, or as one person may at a time. "
    "Nothing was done. If a file was to come, this page tries again every few seconds. If you sent "
    "something, go back: what you typed is still there. Press the button again in a moment.",
)
TOO_LARGE = (
    "This is too large",
    "What you sent is larger than this page takes, so it was not read, and nothing was changed. Go back: what you "
    "typed is still there. Send less, or send it in several parts.",
)


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files():
        (folder / name).write_text(content, encoding="utf-8")


def files() -> Iterator[tuple[str, str]]:
    """Each file, by its name."""
    codes = [code for code, _ in settings.LANGUAGES]
    yield "wished.map", _map((code.partition("-")[0], code) for code in codes)
    yield "chosen.map", _map((code, code) for code in codes)
    yield "headers.map", _map(security_headers(_asked("GET", "")).items())
    yield from _candidates_pages(
        [*(f"wished={code}" for code in codes), *(f"language={code}" for code in codes)]
    )
    for name, (title, text) in {"away": AWAY, "busy": BUSY, "too-large": TOO_LARGE}.items():
        yield f"{name}.html", render_to_string("503.html", {"title": title, "text": text})
    patterns = dict(_patterns(get_resolver(), "^/"))
    for name, methods in (("given", "GET"), ("made", "POST")):
        routes = (route for route, of in MADE_OR_GIVEN.items() if methods in of)
        yield f"{name}.lst", "".join(f"{patterns[route]}\n" for route in routes)
    uploads = [route for route, limit in larger().items() if limit.file]
    yield "uploads.lst", "".join(f"{patterns[route]}\n" for route in uploads)
    yield (
        "limits.map",
        _map((patterns[route], str(limit.length)) for route, limit in larger().items()),
    )


def _candidates_pages(languages: list[str]) -> Iterator[tuple[str, str]]:
    waits, typed, large = {}, {}, {}
    too_large = import_string(settings.CANDIDATE_ERRORS[413])
    for said in languages:
        large[said] = _line(too_large(_asked("GET", said)).content)
        for there, view in (("1", waiting), ("0", away)):
            waits[f"{there}/{said}"] = _line(view(_asked("GET", said)).content)
            typed[f"{there}/{said}"] = _line(view(_asked("POST", said)).content)
    yield "too-large.map", _map(large.items())
    yield "waiting.map", _map(waits.items())
    parts = {key: re.split(f"{USERNAME}|{PASSWORD}", page) for key, page in typed.items()}
    for number in range(3):
        yield f"typed-{number + 1}.map", _map((key, three[number]) for key, three in parts.items())


def _asked(method: str, said: str) -> HttpRequest:
    """What a browser asks that wishes this language, or whose reader has chosen it."""
    how, _, code = said.partition("=")
    own = urlsplit(settings.SITE_URL)
    form = {"username": USERNAME, "password": PASSWORD} if method == "POST" else None
    query = f"?{said}" if how == "language" else ""
    return RequestFactory(
        HTTP_HOST=own.netloc, HTTP_ACCEPT_LANGUAGE=code, HTTP_SEC_FETCH_SITE="same-origin"
    ).generic(
        method,
        f"/results/waiting/{query}",
        urlencode(form or {}),
        content_type="application/x-www-form-urlencoded",
        secure=settings.HTTPS,
    )


def _line(page: bytes) -> str:
    return " ".join(page.decode().split())


def _map(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{key} {value}\n" for key, value in pairs)


def _patterns(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    """Route -> the pattern of its path."""
    for one in resolver.url_patterns:
        pattern = before + one.pattern.regex.pattern.removeprefix("^")
        if isinstance(one, URLResolver):
            within = f"{one.namespace}:" if one.namespace else ""
            yield from ((within + name, of) for name, of in _patterns(one, pattern))
        elif isinstance(one, URLPattern) and one.name:
            yield one.name, pattern
