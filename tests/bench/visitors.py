"""Candidates on results day: complete visits, as fast as the site answers them, or as fast as they come.

A visit is the sign-in page, the sign-in, the results page and the sign-out, each over a connection
of its own, as behind a busy proxy. Style sheets are left out: a browser keeps them, a proxy has
them. No Django here, one process and no threads: the visitors share the machine with the site, so
they do as little work as can be.
"""

import errno
import socket
from collections.abc import Generator, Sequence
from html import escape
from select import EPOLLIN, EPOLLOUT, epoll
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlencode

AT_ONCE = 8
PATIENCE = 30  # seconds
SIGN_IN, SIGN_OUT = "/results/", "/results/log-out/"
IP_BIND_ADDRESS_NO_PORT = 24  # so that an address has as many ports as it has connections
ENDED = b""  # the answer after which a visitor asks no more


class Login(NamedTuple):
    """What is typed, and what the results page must hold of the one whose login it is, if it is known."""

    username: str
    password: str
    whose: tuple[str, ...] = ()


Asking = Generator[bytes, bytes, None]


def visit_all(port: int, logins: Sequence[Login]) -> tuple[float, list[float]]:
    """All these visits, a few at a time: the seconds that they took together, and each alone.

    Raises RuntimeError when the site answers anything else than it should.
    """
    waiting, each = iter(logins), list[float]()
    start = perf_counter()
    with Crowd(port) as crowd:
        for login in (next(waiting, None) for _ in range(AT_ONCE)):
            if login:
                crowd.come(Visitor(login))
        while crowd.under_way:
            for visitor in crowd.answered():
                if crowd.goes_on(visitor):
                    continue
                each.append(visitor.seconds())
                if login := next(waiting, None):
                    crowd.come(Visitor(login))
    return perf_counter() - start, each


class Visitor:
    """One candidate on the way through a visit: what was answered so far, and what comes next."""

    __slots__ = (
        *("answer", "asked", "asked_at", "asking", "connection", "login", "source", "start"),
        "turned_away",
    )

    def __init__(self, login: Login, asking: Asking | None = None, source: str = "") -> None:
        self.login, self.source = login, source
        self.asking = asking or visit(login)
        self.asked = self.answer = b""
        self.start = self.asked_at = perf_counter()
        self.turned_away = 0
        self.connection: socket.socket

    def next(self) -> bytes:
        """What is asked next; nothing when the visit is over."""
        try:
            self.asked = self.asking.send(self.answer) if self.answer else next(self.asking)
        except StopIteration:
            return ENDED
        self.answer = b""
        return self.asked

    def seconds(self) -> float:
        return perf_counter() - self.start


class Crowd:
    """All who are under way, and their connections."""

    def __init__(self, port: int) -> None:
        self.address = ("127.0.0.1", port)
        self.under_way: dict[int, Visitor] = {}
        self.poll = epoll()
        self.heard_at = perf_counter()

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        for visitor in self.under_way.values():
            visitor.connection.close()
        self.poll.close()

    def come(self, visitor: Visitor) -> None:
        self.goes_on(visitor)

    def goes_on(self, visitor: Visitor) -> bool:
        """Let the visitor ask for the next page; False when the visit is over."""
        if not visitor.next():
            return False
        self.ask(visitor)
        return True

    def ask(self, visitor: Visitor) -> None:
        connection = visitor.connection = socket.socket()
        connection.setblocking(False)
        if visitor.source:
            connection.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            connection.bind((visitor.source, 0))
        number = connection.fileno()
        self.under_way[number] = visitor
        visitor.asked_at = perf_counter()
        outcome = connection.connect_ex(self.address)
        if outcome not in (0, errno.EINPROGRESS):
            raise OSError(outcome, "cannot connect")
        try:
            connection.send(visitor.asked)
            self.poll.register(number, EPOLLIN)
        except BlockingIOError:  # where the queue is full, it takes a second to connect
            self.poll.register(number, EPOLLOUT)

    def answered(self, seconds: float = PATIENCE) -> list[Visitor]:
        """Those who have their whole answer, perhaps none, as soon as anything has come, or after so
        many seconds. Raises RuntimeError when nothing has for long."""
        done = []
        ready = self.poll.poll(seconds)
        if ready or not self.under_way:
            self.heard_at = perf_counter()
        elif perf_counter() > self.heard_at + PATIENCE:
            raise RuntimeError("the site does not answer any more")
        for number, what in ready:
            visitor = self.under_way[number]
            connection = visitor.connection
            if what == EPOLLOUT:
                connection.send(visitor.asked)
                self.poll.modify(number, EPOLLIN)
                continue
            some = connection.recv(65536)
            visitor.answer += some
            if not some or _whole(visitor.answer):
                del self.under_way[number]
                connection.close()
                if not visitor.answer:
                    raise ConnectionResetError("closed without an answer")
                done.append(visitor)
        return done


def visit(login: Login) -> Asking:
    """The requests of one complete visit, each given for the answer to the one before."""
    answer = yield request("GET", SIGN_IN)
    expect(answer, 200, SIGN_IN)
    yield from sign_in(login)


def sign_in(login: Login) -> Asking:
    """The same from the sign-in on."""
    answer = yield request("POST", SIGN_IN, body=typed(login))
    expect(answer, 303, SIGN_IN)
    cookies = _cookies(answer)
    results = header(answer, b"location")
    page = yield request("GET", results, cookies=cookies)
    expect(page, 200, "the results page")
    if b"Provisional results" not in page:
        raise RuntimeError("the results page shows no results")
    if not all(escape(one).encode() in page for one in login.whose):
        raise RuntimeError("the results page is another's")
    answer = yield request("POST", SIGN_OUT, cookies=_cookies(page) or cookies)
    expect(answer, 303, SIGN_OUT)


def typed(login: Login) -> str:
    return urlencode({"username": login.username, "password": login.password})


def request(method: str, path: str, *, body: str = "", cookies: str = "") -> bytes:
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n{cookie}\r\n{body}"
    ).encode()


def expect(answer: bytes, status: int, path: str) -> None:
    if not answer.startswith(b"HTTP/1.1 %d " % status):
        raise RuntimeError(f"{path} answered {answer[:40]!r}, not {status}")


def header(answer: bytes, name: bytes) -> str:
    """The value of a header of this name, in lower case; nothing when there is none."""
    head = answer.partition(b"\r\n\r\n")[0]
    at = head.lower().find(b"\r\n" + name + b": ")
    return head[at + len(name) + 4 :].partition(b"\r\n")[0].decode() if at >= 0 else ""


def _whole(answer: bytes) -> bool:
    """Whether all has come that the answer says it is long; without saying, it ends when closed."""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = header(head, b"content-length")
    return bool(end) and length.isdecimal() and len(body) >= int(length)


def _cookies(answer: bytes) -> str:
    """What the answer sets, as a browser sends it."""
    head = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    set_here = (line.partition(":")[2] for line in head if line[:11].lower() == "set-cookie:")
    return "; ".join(one.partition(";")[0].strip() for one in set_here)
