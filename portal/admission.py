"""Admission to the candidate site: who is served at once and who waits, when more come than it can serve.

A request waits in the listening socket until a worker takes it. When it has waited too long, and
others still wait behind it, a newcomer gets the waiting page. Somebody who has typed a login may wait
longer, and somebody who is in the longest, so that visits once begun are finished. Nobody else is
turned away: neither staff nor somebody who logs out.

It is decided before the request is parsed and Django is asked, as it must cost next to nothing: the
waiting page, and the sign-in form as everybody gets it, are asked of the site once, and given out
from memory. A request that is not whole, or not plainly one of these, goes the ordinary way.

How long a request has waited, and how many wait, Linux tells of a TCP socket. Where it does not – a
Unix socket, another system – nobody is turned away. gunicorn.conf.py names the worker.
"""

import io
import re
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from html import escape
from math import inf
from secrets import token_hex
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from gunicorn.workers.sync import SyncWorker

from candidate_site.coming_back import come_back_after
from credentials.logins.secret import LONGEST_TYPED
from portal.long_transfers import telling
from portal.raw_request import SITE, Asked, read
from portal.transfers import Places

WAITING_PAGE = "/results/waiting/"
NEW, TYPED, INSIDE = 0.25, 0.5, 4.0  # seconds: how long is too long
FEW = 16  # while no more wait than that, all are served at once
SILENT = struct.pack("ll", 10, 0)  # seconds, microseconds: whoever sends nothing for longer is left
SHARE = 30  # pages of one visit in a minute, of each worker: nobody reads faster
LONGEST = 16_384  # bytes of a request
READ_AT_ONCE = 8_192  # bytes that gunicorn reads in one go
USERNAME, PASSWORD = token_hex(), token_hex()  # on the kept page they hold the places of the typed

PUBLIC = re.compile(r"public, max-age=([0-9]+)")


class Page(NamedTuple):
    """An answer of the site, without its length."""

    head: bytes
    body: bytes

    def written(self, *headers: tuple[str, int], body: bytes | None = None) -> bytes:
        body = self.body if body is None else body
        added = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return self.head + f"{added}Content-Length: {len(body)}\r\n\r\n".encode() + body


class AllRead(socket.socket):
    """A connection whose request has come whole. Before it closes any other, gunicorn waits until the
    visitor has closed it, lest something unread spoil the answer; here the next is served meanwhile."""

    def shutdown(self, how: int) -> None:
        raise OSError("nothing is left to be read")


class Worker(SyncWorker):
    """gunicorn's own worker, with a door before it."""

    wsgi: Callable

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.door = Door(self.wsgi)
        served_at = re.sub(
            r"[^\w.-]", "_", f"{socket.gethostname()}-{self.sockets[0].getsockname()}"
        )
        places = Places(settings.DATA_DIR / "transfers" / served_at, workers=self.cfg.workers)
        self.wsgi = telling(self.wsgi, self.notify, places)

    def handle(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        came = _peek(client)
        asked = read(came)
        answer = self.door.answer(asked, client, listener) if asked else None
        if answer is None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, SILENT)
            if asked and len(came) < READ_AT_ONCE:
                client = AllRead(client.family, client.type, client.proto, client.detach())
            super().handle(listener, client, addr)
            return
        with suppress(OSError), client:  # whoever has left gets nothing
            client.recv(len(came))  # closed with something unread, the answer might be lost
            client.sendall(answer)


class Door:
    """What is answered at once, by a worker with this WSGI application behind it."""

    def __init__(self, application: Callable) -> None:
        self.application = application
        self.pages_kept: dict[tuple[str, ...], tuple[float, Page | None]] = {}
        self.minute, self.pages = 0, Counter[str]()  # of this minute, that each visit has asked for

    def answer(self, asked: Asked, client: socket.socket, listener: socket.socket) -> bytes | None:
        """The answer to a request that waits, or that asks for the form; None for the site's to give."""
        if not _is_ours(asked):
            return None
        if asked.may_wait and waiting(listener) > FEW and waited(client) > self._patience(asked):
            return self._waiting(asked)
        if asked.for_the_form:
            form = self._page(asked, SITE)
            return form.written() if form else None
        return None

    def _patience(self, asked: Asked) -> float:
        if (whose := asked.whose) and self._has_share(whose):
            return INSIDE
        return TYPED if asked.method == "POST" else NEW

    def _has_share(self, whose: str) -> bool:
        """One cookie, sent again and again, takes no more than its share of the longer patience."""
        minute = int(monotonic() // 60)
        if minute != self.minute:
            self.minute, self.pages = minute, Counter()
        self.pages[whose] += 1
        return self.pages[whose] <= SHARE

    def _waiting(self, asked: Asked) -> bytes | None:
        page = self._page(asked, WAITING_PAGE)
        if page is None:
            return None
        soon = come_back_after()
        if asked.method == "GET":
            return page.written(("Retry-After", soon), ("Refresh", soon))
        typed = parse_qs(asked.body.decode(errors="replace"))
        body = page.body
        for name, place in (("username", USERNAME), ("password", PASSWORD)):
            value = typed.get(name, [""])[0][:LONGEST_TYPED]
            body = body.replace(place.encode(), escape(value).encode(errors="replace"))
        return page.written(("Retry-After", soon), body=body)

    def _page(self, asked: Asked, path: str) -> Page | None:
        """The site's own page, in the language of the request; asked for again when it is too old."""
        wanted = asked.method, path, asked.chosen, asked.wished
        until, page = self.pages_kept.get(wanted, (0.0, None))
        if until < monotonic():
            self.pages_kept[wanted] = until, page = self._ask(*wanted)
        return page

    def _ask(self, method: str, path: str, chosen: str, wished: str) -> tuple[float, Page | None]:
        """A page that is the same for all, and until when; none for a minute when it is not."""
        status, headers, body = _call(self.application, _environ(method, path, chosen, wished))
        fixed = "".join(
            f"{name}: {value}\r\n"
            for name, value in headers.items()
            if name not in ("Content-Length", "Retry-After", "Refresh")
        )
        page = Page(f"HTTP/1.1 {status}\r\nConnection: close\r\n{fixed}".encode("latin-1"), body)
        public = PUBLIC.fullmatch(headers.get("Cache-Control", ""))
        if path == WAITING_PAGE and status.startswith("503 "):
            return inf, page
        if status.startswith("200 ") and public and "Set-Cookie" not in headers:
            return monotonic() + int(public[1]), page
        return monotonic() + 60, None


def waited(client: socket.socket) -> float:
    """How many seconds ago the last of this request came in."""
    return _told(client, at=52) / 1_000


def waiting(listener: socket.socket) -> int:
    """How many connections wait for a worker."""
    return _told(listener, at=24)


def _told(connection: socket.socket, *, at: int) -> int:
    """A number of Linux's `struct tcp_info`: there `tcpi_last_data_recv`, in milliseconds, and
    `tcpi_unacked`, which of a socket that listens is the length of its queue."""
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 56)
    except (OSError, AttributeError):
        return 0
    return struct.unpack_from("=I", info, at)[0] if sys.platform == "linux" else 0


def _peek(client: socket.socket) -> bytes:
    try:
        return client.recv(LONGEST, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


def _is_ours(asked: Asked) -> bool:
    """Whether the site would answer it as it stands: our host, and over https where it must be."""
    by_https = settings.TRUSTED_PROXIES and asked.headers.get("x-forwarded-proto") == "https"
    if settings.HTTPS and not by_https:
        return False
    return _known_host(asked.headers.get("host", ""))


@lru_cache(maxsize=100)
def _known_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _environ(method: str, path: str, chosen: str, wished: str) -> dict[str, Any]:
    """What a browser in this language would ask; posted, with words that hold the places of a login."""
    own = urlsplit(settings.SITE_URL)
    form = urlencode({"username": USERNAME, "password": PASSWORD}).encode()
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": f"language={chosen}" if chosen else "",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(form)),
        "SERVER_NAME": own.hostname,
        "SERVER_PORT": str(own.port or {"http": 80, "https": 443}[own.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": own.netloc,
        "HTTP_X_FORWARDED_PROTO": own.scheme,
        "HTTP_ACCEPT_LANGUAGE": wished,
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": own.scheme,
        "wsgi.input": io.BytesIO(form),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _call(application: Callable, environ: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body of what the application answers."""
    answered: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        answered.update(status=status, headers=dict(headers))

    answer = application(environ, start)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return answered["status"], answered["headers"], body
