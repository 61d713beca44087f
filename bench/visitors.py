"""Candidates on results day: complete visits, as fast as the site answers them.

A visit is the sign-in page, the sign-in, the results page and the sign-out, each over a connection
of its own, as behind a busy proxy. Style sheets are left out: a browser keeps them, a proxy has
them. No Django here, one process and no threads: the visitors share the machine with the site, so
they do as little work as can be.
"""

import socket
from collections.abc import Generator, Iterator, Sequence
from selectors import EVENT_READ, DefaultSelector
from time import perf_counter
from urllib.parse import urlencode

AT_ONCE = 8
PATIENCE = 60  # seconds
SIGN_IN, RESULTS, SIGN_OUT = "/results/", "/results/mine/", "/results/log-out/"

Login = tuple[str, str]
Asking = Generator[bytes, bytes, None]


def visit_all(port: int, logins: Sequence[Login]) -> tuple[float, list[float]]:
    """All these visits, a few at a time: the seconds that they took together, and each alone.

    Raises RuntimeError when the site answers anything else than it should.
    """
    waiting, each = iter(logins), list[float]()
    start = perf_counter()
    with DefaultSelector() as selector:
        for _ in range(AT_ONCE):
            _come(selector, port, waiting)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise RuntimeError("the site does not answer any more")
            for key, _ in ready:
                if key.data.read(key.fileobj):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    if not key.data.go_on(selector):
                        each.append(key.data.seconds())
                        _come(selector, port, waiting)
    return perf_counter() - start, each


def _come(selector: DefaultSelector, port: int, logins: Iterator[Login]) -> None:
    login = next(logins, None)
    if login:
        Visitor(port, login).go_on(selector)


class Visitor:
    """One candidate on the way through a visit: what was answered so far, and what comes next."""

    def __init__(self, port: int, login: Login) -> None:
        self.port = port
        self.start = perf_counter()
        self.asking = visit(login)
        self.answer = b""

    def read(self, connection: socket.socket) -> bool:
        """Take what has come; whether that was all."""
        some = connection.recv(65536)
        self.answer += some
        return not some

    def go_on(self, selector: DefaultSelector) -> bool:
        """Ask for the next page; False when the visit is over."""
        try:
            request = self.asking.send(self.answer) if self.answer else next(self.asking)
        except StopIteration:
            return False
        self.answer = b""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(request)
        selector.register(connection, EVENT_READ, self)
        return True

    def seconds(self) -> float:
        return perf_counter() - self.start


def visit(login: Login) -> Asking:
    """The requests of one complete visit, each given for the answer to the one before."""
    answer = yield request("GET", SIGN_IN)
    expect(answer, 200, SIGN_IN)
    form = urlencode({"username": login[0], "password": login[1]})
    answer = yield request("POST", SIGN_IN, body=form)
    expect(answer, 303, SIGN_IN)
    cookies = _cookies(answer)
    page = yield request("GET", RESULTS, cookies=cookies)
    expect(page, 200, RESULTS)
    if b"Provisional results" not in page:
        raise RuntimeError("the results page shows no results")
    answer = yield request("POST", SIGN_OUT, cookies=_cookies(page) or cookies)
    expect(answer, 303, SIGN_OUT)


def request(method: str, path: str, *, body: str = "", cookies: str = "") -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nCookie: {cookies}\r\n\r\n{body}"
    ).encode()


def expect(answer: bytes, status: int, path: str) -> None:
    if not answer.startswith(b"HTTP/1.1 %d " % status):
        raise RuntimeError(f"{path} answered {answer[:40]!r}, not {status}")


def _cookies(answer: bytes) -> str:
    """What the answer sets, as a browser sends it."""
    head = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    set_here = (line.partition(":")[2] for line in head if line[:11].lower() == "set-cookie:")
    return "; ".join(one.partition(";")[0].strip() for one in set_here)
