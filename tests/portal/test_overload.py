"""More come than can be served: whoever is in is served on, the rest wait, and nothing is lost.

A real gunicorn, whose one worker is made to stand still while a queue forms, as it does when
everybody comes at once.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html import escape
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from gunicorn.config import Config
from gunicorn.http import RequestParser

from candidate_site.cookie import signed
from portal.admission import FEW, INSIDE, NEW, SHARE, TYPED, Door
from portal.raw_request import read
from tests.bench.processes import children
from tests.bench.serving import serving
from tests.bench.visitors import header, request

MANY = 40
LOGIN = {"username": '7K3M"><b>', "password": "AB&CD-EFGH-JKMN-PQR5"}
FORM = request("GET", "/results/")
SIGN_IN = request("POST", "/results/", body=urlencode(LOGIN))
MINE = "/results/mine/"
SIGN_OUT = request("POST", "/results/log-out/")
OTHER_PAGE = request("GET", "/health/")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[tuple[int, int]]:
    """Its port, and its only worker. It has a folder and a database of its own, in which there is nobody."""
    folder = tmp_path_factory.mktemp("overload")
    own = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": settings.SECRET_KEY,  # by which these tests sign their cookies
    }
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(manage, env=os.environ | own, check=True)
    with serving(workers=1, **own) as (port, gunicorn):
        (worker,) = children(gunicorn.pid)
        yield port, worker


def signed_in() -> str:
    """The cookie of a visit of somebody's; nobody else's is the same."""
    return f"candidate={signed([str(uuid4()), 1, 0, time.time(), None])}"


def crowd(site: tuple[int, int], *asked: bytes, many: int = MANY, waits: float) -> list[bytes]:
    """So many ask while nobody answers, each its own or all the same; after they have waited, what each
    is answered."""
    port, worker = site
    asks = asked if len(asked) > 1 else asked * many
    os.kill(worker, signal.SIGSTOP)
    try:
        queue = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in asks]
        for one, what in zip(queue, asks, strict=True):
            one.sendall(what)
        time.sleep(waits + 0.1)
    finally:
        os.kill(worker, signal.SIGCONT)
    return [_answer(one) for one in queue]


def _answer(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def statuses(answers: list[bytes]) -> list[int]:
    return [int(answer.split(maxsplit=2)[1]) for answer in answers]


def test_when_many_have_waited_too_long_whoever_newly_comes_gets_the_waiting_page(site):
    answers = crowd(site, FORM, waits=NEW)

    # In the order in which they came. The last few are served: nobody waits behind them.
    turned_away = MANY - FEW - 1
    assert statuses(answers) == [503] * turned_away + [200] * (FEW + 1)
    for answer in answers[:turned_away]:
        assert b"Please wait a moment" in answer
        assert 5 <= int(header(answer, b"retry-after")) <= 20
        assert header(answer, b"refresh") == header(answer, b"retry-after")
        assert header(answer, b"cache-control") == "no-store"
        assert "default-src 'none'" in header(answer, b"content-security-policy")


def test_nobody_is_turned_away_when_only_a_few_wait_however_long(site):
    answers = crowd(site, FORM, many=FEW, waits=3 * NEW)

    assert statuses(answers) == [200] * FEW


def test_whoever_has_typed_a_login_gets_it_back_as_it_was_typed(site):
    answers = crowd(site, SIGN_IN, waits=TYPED)

    assert statuses(answers).count(503) == MANY - FEW - 1
    page = answers[0].decode()
    for typed in LOGIN.values():
        assert f'value="{escape(typed)}"' in page
    assert page.count("<b>") == 1  # the name of the site
    assert "refresh:" not in page.lower()
    assert 'action="/results/"' in page


def test_whoever_has_typed_a_login_is_turned_away_later_than_whoever_newly_comes(site):
    assert 503 in statuses(crowd(site, FORM, many=FEW + 2, waits=NEW))
    assert 503 not in statuses(crowd(site, SIGN_IN, many=FEW + 2, waits=NEW))


def test_no_page_holds_what_another_typed(site):
    crowd(site, SIGN_IN, waits=TYPED)

    answers = crowd(site, SIGN_IN.replace(b"7K3M", b"9QRS"), waits=TYPED)

    assert statuses(answers).count(503) == MANY - FEW - 1
    assert not any(b"7K3M" in answer for answer in answers)


def test_a_login_that_another_site_sends_is_never_kept(site):
    answers = crowd(site, SIGN_IN.replace(b"same-origin", b"cross-site"), waits=TYPED)

    assert statuses(answers) == [403] * MANY
    assert not any(b"7K3M" in answer for answer in answers)


def test_whoever_is_in_is_served_on(site):
    asked = [request("GET", MINE, cookies=f"a=b; {signed_in()}") for _ in range(MANY)]
    assert statuses(crowd(site, *asked, waits=2 * TYPED)) == [303] * MANY
    assert INSIDE > 2 * TYPED


@pytest.mark.parametrize("cookie", ["candidate=anything", "other"])
def test_a_cookie_that_we_have_not_signed_gets_no_more_patience_than_none(site, cookie):
    if cookie == "other":
        with override_settings(SECRET_KEY="another site's"):
            cookie = signed_in()
    answers = crowd(site, request("GET", MINE, cookies=cookie), waits=NEW)
    assert statuses(answers).count(503) == MANY - FEW - 1


def test_one_visits_cookie_sent_by_many_has_no_more_than_its_share(site):
    copied = request("GET", MINE, cookies=signed_in())
    answers = crowd(site, copied, many=SHARE + 2 * FEW, waits=NEW)
    assert statuses(answers)[:SHARE] == [303] * SHARE
    assert statuses(answers).count(503) == FEW - 1


@pytest.mark.parametrize("asked", [SIGN_OUT, OTHER_PAGE])
def test_no_other_page_is_ever_turned_away(site, asked):
    assert 503 not in statuses(crowd(site, asked, waits=2 * NEW))


def test_a_request_that_comes_in_pieces_is_answered_like_any_other(site):
    with socket.create_connection(("127.0.0.1", site[0]), timeout=30) as connection:
        connection.sendall(SIGN_IN[:-20])
        time.sleep(0.2)
        connection.sendall(SIGN_IN[-20:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert statuses([answer]) == [200]
    assert header(answer, b"server") == "gunicorn"


def test_the_form_from_memory_is_the_sites_own(site, client):
    (answer,) = crowd(site, FORM, many=1, waits=0)

    own = client.get("/results/")
    assert own.headers["Cache-Control"] == "public, max-age=60"
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == own.content
    assert b"\r\nServer: gunicorn" not in head  # which shows that it is from memory
    for name, value in own.headers.items():
        told = header(answer, name.lower().encode())
        assert sorted(told.split("; ")) == sorted(value.split("; "))


def test_each_form_and_each_waiting_page_is_in_the_language_of_the_request(site):
    french = FORM.replace(b"Connection", b"Accept-Language: fr-CA,en;q=0.5\r\nConnection")
    arabic = french.replace(b"/results/ ", b"/results/?language=ar ")

    for asked, language in ((FORM, b"en-gb"), (french, b"fr"), (arabic, b"ar")):
        answers = crowd(site, asked, waits=NEW)
        assert set(statuses(answers)) == {503, 200}
        assert all(b'<html lang="%s"' % language in answer for answer in answers)


class Queue:
    """A listening socket of a kind, with many who have asked, and the door that stands ready."""

    def __init__(self, listening: socket.socket, family: int) -> None:
        self.door = Door(get_wsgi_application())
        self.listening = listening
        self.clients = [socket.socket(family) for _ in range(MANY)]
        for client in self.clients:
            client.connect(listening.getsockname())
            client.sendall(FORM)

    def first(self) -> socket.socket:
        return self.listening.accept()[0]


@pytest.fixture
def queue(request, tmp_path, db) -> Iterator[Queue]:
    family, address = {
        "tcp": (socket.AF_INET, ("127.0.0.1", 0)),
        "unix": (socket.AF_UNIX, str(tmp_path / "socket")),
    }[request.param]
    with socket.socket(family) as listening:
        listening.bind(address)
        listening.listen(MANY)
        queue = Queue(listening, family)
        yield queue
        for client in queue.clients:
            client.close()


def door_answers(queue: Queue, asked: bytes = FORM) -> bytes:
    with queue.first() as client:
        return queue.door.answer(read(asked), client, queue.listening) or b""


@pytest.mark.parametrize("queue", ["tcp"], indirect=True)
def test_nobody_is_turned_away_who_has_hardly_waited_however_many_wait(queue, monkeypatch):
    assert b" 200 OK" in door_answers(queue)
    time.sleep(NEW + 0.05)
    assert b" 503 " in door_answers(queue)


@pytest.mark.parametrize("queue", ["unix"], indirect=True)
def test_where_the_socket_tells_nothing_nobody_is_turned_away(queue):
    time.sleep(NEW + 0.05)
    assert b" 200 OK" in door_answers(queue)


@pytest.mark.parametrize("queue", ["tcp"], indirect=True)
def test_what_the_site_would_not_answer_as_it_stands_is_left_to_it(queue, settings):
    time.sleep(NEW + 0.05)

    assert door_answers(queue, FORM.replace(b"127.0.0.1", b"evil.example.org")) == b""
    settings.HTTPS = True
    assert door_answers(queue) == b""


@pytest.mark.parametrize(
    "came",
    [
        b"GET /results",
        b"GET /results/ HTTP/1.1\r\nHost: a\r\n",
        b"GET /resultsmine/ HTTP/1.1\r\n\r\n",
        b"PUT /results/ HTTP/1.1\r\n\r\n",
        b"GET /results/ HTTP/2\r\n\r\n",
        b"POST /results/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nfour",
        b"POST /results/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"\x16\x03\x01",
        b"",
        # What gunicorn refuses, or reads otherwise than it looks.
        b"GET /results/\xe9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost: a\r\n Cookie: candidate=b\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost: a\nCookie: candidate=b\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost: a\0\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\n: a\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nX_Host: a\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
        b"GET /results/ HTTP/1.1\r\nHost: a\r\n\r\nGET /results/ HTTP/1.1\r\n\r\n",
        b"POST /results/ HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nfour",
        b"POST /results/ HTTP/1.1\r\nContent-Length: +4\r\n\r\nfour",
        b"GET /results/ HTTP/1.1\r\n" + b"".join(b"A%d: b\r\n" % n for n in range(101)) + b"\r\n",
        b"GET /results/ HTTP/1.1\r\nA: " + b"a" * 8_190 + b"\r\n\r\n",
        b"GET /results/?" + b"a" * 4_094 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_whatever_is_not_plainly_a_whole_request_goes_the_ordinary_way(came):
    assert read(came) is None


def test_what_the_door_reads_is_what_gunicorn_reads():
    heads = [FORM, SIGN_IN, request("GET", "/results/?a=b#c", cookies=signed_in())]
    for head in heads:
        theirs = next(RequestParser(Config(), iter([head]), ("127.0.0.1", 1)))
        ours = read(head)
        assert (ours.method, ours.path, ours.query) == (theirs.method, theirs.path, theirs.query)
        assert ours.headers == {name.lower(): value for name, value in theirs.headers}
        assert ours.body == theirs.body.read()


def test_few_pages_are_kept_whatever_browsers_wish():
    def kept_as(wish: str, query: str = "") -> tuple[str, str]:
        head = f"GET /results/?{query} HTTP/1.1\r\nAccept-Language: {wish}\r\n\r\n"
        asked = read(head.encode())
        return asked.chosen, asked.wished

    assert kept_as("ar,en;q=0.5") == ("", "ar")
    assert kept_as("xx-YY, zh-CN;q=0.8") == ("", "zh-hans")
    assert kept_as("nonsense;;;", "language=hi") == ("hi", "en-gb")
    assert kept_as("", "language=xx") == ("", "en-gb")


def test_gunicorn_takes_this_worker_by_itself():
    command = [sys.executable, "-m", "gunicorn", "--print-config", "--check-config"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert "portal.admission.Worker" in done.stdout
