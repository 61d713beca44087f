"""HAProxy before four web machines that only say what they were asked: who goes where, who waits, what is refused."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.conf import settings

from portal import front_pages
from tests.bench.visitors import request
from tests.front import HAPROXY, Front, front
from tests.portal.standing_web import Web, web

if not Path(HAPROXY).exists():
    pytest.skip("there is no HAProxy on this machine", allow_module_level=True)

FILE = "00000000-0000-4000-8000-000000000000"
MINE = "/results/mine/x/"
LANGUAGES = [code for code, _ in settings.LANGUAGES]


@dataclass
class Door:
    front: Front
    candidates: Web
    staff: Web
    transfers: Web
    sealed: Web | None = None
    addresses: Iterator[int] = field(default_factory=count)

    def ask(self, asked: bytes, *, source: str = "", wait: float = 20) -> bytes:
        """From an address of nobody else's, unless one is named: what one test does befalls no other."""
        source = source or f"127.0.10.{next(self.addresses) % 250 + 1}"
        with socket.create_connection(
            ("127.0.0.1", self.front.port), timeout=wait, source_address=(source, 0)
        ) as line:
            line.sendall(asked)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def ask_all(self, *asked: bytes, **options) -> list[bytes]:
        with ThreadPoolExecutor(len(asked)) as crowd:
            return list(crowd.map(lambda one: self.ask(one, **options), asked))

    def pool_of(self, *asked: bytes, **options) -> str:
        """To which pool these go."""
        before = self.front.asked()
        for one in asked:
            self.ask(one, **options)
        return self.went_to(before)

    def went_to(self, before: dict[str, int]) -> str:
        """HAProxy counts a request when it has ended."""
        for _ in range(100):
            after = self.front.asked()
            if after != before:
                break
            time.sleep(0.02)
        return " ".join(name for name in after if after[name] > before[name])


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("front")
    front_pages.write(folder)
    return folder


@pytest.fixture(scope="module")
def door(pages) -> Iterator[Door]:
    with ExitStack() as stack:
        machines = [stack.enter_context(web()) for _ in range(4)]
        ports = [str(machine.port) for machine in machines]
        names = ("CANDIDATES_PORT", "STAFF_PORT", "TRANSFERS_PORT", "SEALED_PORT")
        own = dict(zip(names, ports, strict=True)) | {"TRANSFERS": "3"}
        yield Door(stack.enter_context(front(pages, web=0, **own)), *machines)


def status(answer: bytes) -> int:
    return int(answer.split(maxsplit=2)[1])


def login(username: str, *, path: str = "/results/", **headers: str) -> bytes:
    asked = request("POST", path, body=urlencode({"username": username, "password": "AB CD"}))
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return asked.replace(b"Connection:", f"{more}Connection:".encode(), 1)


def wishing(asked: bytes, language: str) -> bytes:
    return asked.replace(b"Connection:", f"Accept-Language: {language}\r\nConnection:".encode(), 1)


def pass_in(answer: bytes) -> str:
    lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    (found,) = [line.partition(": ")[2] for line in lines if ": pass=" in line]
    assert found.endswith("; Max-Age=900; Path=/results/; HttpOnly; SameSite=Lax")
    return found.partition(";")[0]


# --- Who goes where


@pytest.mark.parametrize(
    ("method", "path", "length", "pool"),
    [
        ("GET", MINE, 0, "strangers"),
        ("GET", "/%72esults/mine/x/", 0, "strangers"),
        ("GET", "/results%2Fmine%2fx/", 0, "strangers"),
        ("POST", "/results/log-out/", 0, "strangers"),
        ("GET", "/", 0, "staff"),
        ("GET", "/resultsmine/", 0, "staff"),
        ("GET", "/static/portal/portal.css", 0, "static"),
        ("GET", f"/file-exchange/ASC01/MAIN1/files/{FILE}/1/download/", 0, "transfers"),
        ("GET", f"/file-exchange/ASC01/MAIN1/files/{FILE}/1/%64ownload/", 0, "transfers"),
        ("GET", f"/file-exchange/ASC01/MAIN1/files/{FILE}/", 0, "staff"),
        ("POST", "/%62oard/audit/download/", 0, "transfers"),
        ("POST", "/file-exchange/ASC01/MAIN1/upload/", 10, "staff"),
        ("POST", "/file-exchange/ASC01/MAIN1/upload/", 100_000, "transfers"),
        ("PATCH", f"/file-exchange/ASC01/MAIN1/uploads/{FILE}/", 1 << 30, "transfers"),
        ("GET", "/board/sealed-results/series/2026-06/give/", 0, "staff"),
        ("POST", "/board/sealed-results/series/2026-06/give/", 10_000, "sealed"),
        ("POST", "/board/%73ealed-results/ceremonies/1/", 100, "sealed"),
    ],
)
def test_a_request_goes_to_the_pool_of_its_route_however_its_path_is_written(
    door, method, path, length, pool
):
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n"
    asked = f"{head}Connection: close\r\n\r\n".encode() + b"x" * min(length, 20_000)
    with socket.create_connection(("127.0.0.1", door.front.port), timeout=10) as line:
        before = door.front.asked()
        line.sendall(asked)
        assert status(line.recv(65536)) == 200
    assert door.went_to(before) == pool


def test_only_a_login_typed_on_our_own_page_goes_with_the_newcomers(door):
    for path in ("/results/", "/results/mine/", "/%72esults/?language=es"):
        assert door.pool_of(login("7K3M", path=path)) == "newcomers"
    assert door.pool_of(login("7K3M").replace(b"same-origin", b"cross-site")) == "strangers"
    old = login("7K3M", Origin="https://evil.example").replace(b"Sec-Fetch-Site", b"X-No")
    assert door.pool_of(old) == "strangers"
    old = login("7K3M", Origin="http://127.0.0.1:8000").replace(b"Sec-Fetch-Site", b"X-No")
    assert door.pool_of(old) == "newcomers"


def test_the_site_hears_who_asks_and_by_which_id_and_nobody_else_says_so(door):
    asked = (
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Request-ID: mine\r\n"
        b"X-Forwarded-For: 1.2.3.4\r\nX_Forwarded_For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n\r\n"
    )
    _, _, body = door.ask(asked, source="127.0.0.7").partition(b"\r\n\r\n")
    heard = {name.lower(): value for name, value in json.loads(body)["headers"].items()}
    assert UUID(heard["x-request-id"])
    assert heard["x-forwarded-for"] == "127.0.0.7" and heard["x-forwarded-proto"] == "http"
    assert "x_forwarded_for" not in heard


# --- What is refused

HEAD = b"Host: 127.0.0.1\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "asked",
    [
        b"POST /results/ HTTP/1.1\r\n"
        + HEAD
        + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"POST /%72esults/ HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PATCH /file-exchange/ HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"POST /log-in/ HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n" + HEAD + b"\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /results/#x HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET /results/mine/%zz HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: +3\r\n\r\nabc",
        b"GET /results/\xe9 HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"\x16\x03\x01nonsense\r\n\r\n",
    ],
)
def test_what_is_not_plainly_a_request_of_this_site_reaches_no_machine(door, asked):
    machines = (door.candidates, door.staff, door.transfers, door.sealed)
    before = [len(machine.asked) for machine in machines]
    assert door.ask(asked).startswith(b"HTTP/1.1 400 ")
    assert before == [len(machine.asked) for machine in machines]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/people/", 16_384),
        ("/log-in/", 1 << 20),
        ("/%6Cog-in/", 1 << 20),
        ("/candidate-results/2026-06/MAIN1/subcentres/", 512 << 10),
        ("/board/loading/", (2 << 30) + (256 << 10)),
        ("/board/sealed-results/series/2026-06/give/", (512 << 20) + (256 << 10)),
        ("/results/", 16_384),
        ("/%72esults/log-out/", 16_384),
    ],
)
def test_a_body_is_refused_by_what_its_route_takes(door, path, most):
    for length, refused in ((most + 1, True), (most, False)):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", door.front.port), timeout=20) as line:
            line.sendall(head.encode() + b"x" * min(length, 20_000))
            assert (status(line.recv(65536)) == 413) == refused


@pytest.mark.parametrize("length", [(1 << 31) + 5, (1 << 32) + 5, (1 << 63) - 1])
def test_a_length_beyond_what_is_counted_in_looks_no_smaller(door, length):
    for path in ("/results/", "/log-in/", "/board/loading/"):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n"
        refused = length > 3 << 30 or path != "/board/loading/"
        with socket.create_connection(("127.0.0.1", door.front.port), timeout=20) as line:
            line.sendall(head.encode() + b"x" * 20_000)
            assert (status(line.recv(65536)) == 413) == refused


def test_who_sends_too_much_reads_so_in_their_language(door):
    body = "x" * 17_000
    answer = door.ask(wishing(request("POST", "/results/", body=body), "ar"))
    assert status(answer) == 413 and b'<html lang="ar"' in answer
    answer = door.ask(request("POST", "/people/", body=body))
    assert status(answer) == 413 and b"This is too large" in answer


def test_nobody_asks_the_site_for_the_form_more_often_than_the_cache_does(door):
    """However its address is written, and whatever a browser says of caches."""
    door.ask(request("GET", "/results/?language=ur"))
    before = len(door.candidates.asked)
    for line in (
        "/%72esults/?language=ur HTTP/1.1\r\nHost: 127.0.0.1",
        "a://127.0.0.1/results/?language=ur HTTP/1.1\r\nHost: 127.0.0.1",
        "/results/?language=ur HTTP/1.1\r\nHost: 127.0.0.1:1",
        *(
            f"/results/?language=ur HTTP/1.1\r\nHost: 127.0.0.1\r\n{said}"
            for said in (
                "Cache-Control: no-cache",
                "Cache-Control: max-age=0",
                "Pragma: no-cache",
                "Authorization: x",
            )
        ),
    ):
        assert status(door.ask(f"GET {line}\r\nConnection: close\r\n\r\n".encode())) == 200
    assert len(door.candidates.asked) == before
    old = b"GET /results/?language=ur HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
    assert door.pool_of(old) == "strangers"  # which no cache answers


@pytest.mark.parametrize("path", ["/health/ready/", "/metrics", "/%6Detrics", "/health/%72eady/"])
def test_what_is_for_machines_is_not_for_everybody(door, path):
    assert status(door.ask(request("GET", path))) == 404


def test_a_hundred_half_sent_heads_keep_nobody_from_a_visit_and_are_closed(door):
    with ExitStack() as stack:
        slow = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", door.front.port), timeout=20)
            )
            for _ in range(100)
        ]
        for one in slow:
            one.sendall(b"GET /results/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX:")
        begun = time.monotonic()
        assert status(door.ask(login("right-slow"))) == 303
        assert time.monotonic() - begun < 2
        assert all(one.recv(100).startswith(b"HTTP/1.1 408 ") for one in slow)
        assert time.monotonic() - begun < 15
