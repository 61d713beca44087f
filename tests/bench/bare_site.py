"""The practical limit: the same four addresses as bare WSGI, with nothing but the two queries.

The sign-in looks the digest up, the results page asks for the results, both as the site asks them
and over psycopg2 alone; the cookie is believed, and pages are as plain as can be. It guards nothing
and writes nothing, and is here only to be compared with.
"""

import os
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402  # needs the settings
from django.db.models import BinaryField  # noqa: E402

from core.prepared_queries import Parameter, Prepared  # noqa: E402
from credentials.logins import secret  # noqa: E402
from credentials.logins.live_logins import admitted  # noqa: E402
from results.release import ROWS  # noqa: E402

FORM = b"<form method=post><input name=username><input name=password><button>Log in</button></form>"
SEEN = "<h1>Provisional results</h1><pre>{}</pre>"
KEYS = ("candidate_id", "candidate__centre__id", "candidate__series__id")

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Queries:
    """The two queries, planned once over a connection of psycopg2's own."""

    def __init__(self) -> None:
        digest = Parameter("digest", BinaryField())
        self.by_digest = Prepared(lambda: admitted().filter(digest=digest).values(*KEYS))
        self.lines = ROWS
        self.by_digest.first(digest=b"")  # plans it
        list(self.lines.rows(candidate=0, centre=0, series=0, at=timezone.now()))
        self.cursor = connection.connection.cursor()

    def holder(self, digest: bytes) -> dict | None:
        return next(iter(self._ask(self.by_digest, [digest])), None)

    def results(self, keys: list[int]) -> list[dict]:
        values = dict(zip(("candidate", "centre", "series"), keys, strict=True))
        parameters = self.lines.statement.parameters
        return self._ask(self.lines, [values.get(one.name, timezone.now()) for one in parameters])

    def _ask(self, prepared, values: list) -> list[dict]:
        self.cursor.execute(prepared.statement.text, values)
        return [
            dict(zip(prepared.statement.names, row, strict=True)) for row in self.cursor.fetchall()
        ]


queries: Queries | None = None


def application(environ: dict, start_response: StartResponse) -> Iterable[bytes]:
    global queries
    queries = queries or Queries()  # in each worker its own connection
    page = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if page == ("POST", "/results/"):
        return _sign_in(environ, start_response, queries)
    if page == ("GET", "/results/mine/"):
        keys = SimpleCookie(environ["HTTP_COOKIE"])["candidate"].value.split(".")
        found = queries.results([int(key) for key in keys])
        return _answer(start_response, "200 OK", SEEN.format(found).encode())
    if page == ("POST", "/results/log-out/"):
        return _answer(start_response, "303 See Other", b"", ("Location", "/results/"))
    return _answer(start_response, "200 OK", FORM)


def _sign_in(environ: dict, start_response: StartResponse, queries: Queries) -> Iterable[bytes]:
    typed = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    login = secret.read(typed["username"][0], typed["password"][0])
    row = queries.holder(secret.digests(login)[0]) if login else None
    if row is None:
        return _answer(start_response, "200 OK", FORM)
    cookie = ".".join(str(row[key]) for key in KEYS)
    headers = [("Location", "/results/mine/"), ("Set-Cookie", f"candidate={cookie}")]
    return _answer(start_response, "303 See Other", b"", *headers)


def _answer(start: StartResponse, status: str, body: bytes, *headers) -> Iterable[bytes]:
    start(status, [("Content-Length", str(len(body))), ("Content-Type", "text/html"), *headers])
    return [body]
