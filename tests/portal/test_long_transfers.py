"""A worker that takes in something large over a slow line is not ended as if it hung: a real gunicorn."""

import socket
import time

import pytest

from portal.long_transfers import telling
from tests.bench.serving import serving

TIMEOUT = 2  # seconds, after which gunicorn ends a worker that has not said that it lives
PART = b"x" * 50_000
PARTS = 20


@pytest.fixture
def port(tmp_path):
    own = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "GUNICORN_CMD_ARGS": f"--timeout {TIMEOUT}",
    }
    with serving("tests.portal.reads_all:application", workers=1, **own) as (port, _):
        yield port


def test_a_body_that_comes_slowly_is_read_to_its_end(port):
    body = PART * PARTS
    head = f"POST /any/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(head.encode())
        for at in range(0, len(body), len(PART)):
            line.sendall(body[at : at + len(PART)])
            time.sleep(2.5 * TIMEOUT / PARTS)
        answer = b"".join(iter(lambda: line.recv(100), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(f"\r\n\r\n{len(body)}".encode())


def test_each_part_that_goes_out_says_that_the_worker_lives():
    said = []
    closed = []

    class Parts(list):
        def close(self):
            closed.append(True)

    told = telling(lambda environ, start: Parts([b"1", b"2", b"3"]), lambda: said.append(1), None)
    answer = told({"wsgi.input": None, "wsgi.file_wrapper": type(None)}, lambda *_: None)
    assert list(answer) == [b"1", b"2", b"3"] and len(said) == 3
    answer.close()
    assert closed == [True]
