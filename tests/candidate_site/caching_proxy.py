"""The worst cache that may stand before the site: it keeps every page, whatever the page says.

It heeds neither `no-store` nor `private`, keeps what sets a cookie, redirects and errors, and may even
ignore `Vary`. It is told apart from a broken one in this alone: it keeps what was got by GET or HEAD, by
its address, and lets everything else through.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name]


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Site:
    """The site behind the cache, on a port of this machine."""

    port: int

    def answer(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(request.method, request.path, request.body or None, request.headers)
            answer = connection.getresponse()
            stored = [one for one in answer.getheaders() if one[0].lower() not in ONE_HOP]
            return Answer(answer.status, stored, answer.read())
        finally:
            connection.close()


@dataclass
class Cache:
    """In front of a site. `hits` is how often an answer of before was given again."""

    site: Site
    heeds_vary: bool
    stored: dict[tuple[str, str], list[tuple[dict[str, str], Answer]]] = field(default_factory=dict)
    hits: int = 0

    def answer(self, request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return self.site.answer(request)
        here = self.stored.setdefault((request.method, request.path), [])
        for asked, answer in here:
            if self._same(asked, request.headers, answer):
                self.hits += 1
                return answer
        here.append((request.headers, self.site.answer(request)))
        return here[-1][1]

    def _same(self, asked: dict[str, str], now: dict[str, str], answer: Answer) -> bool:
        if not self.heeds_vary:
            return True
        names = ",".join(answer.all("vary")).lower().replace(" ", "").split(",")
        one, other = ({key.lower(): value for key, value in of.items()} for of in (asked, now))
        return all(one.get(name) == other.get(name) for name in names if name)


@contextmanager
def served(behind) -> Iterator[int]:
    """The port on which whatever has `answer(request)` is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: self.headers[name] for name in self.headers}
            answer = behind.answer(Request(self.command, self.path, headers, body))
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else answer.body)

        do_HEAD = do_POST = do_GET

        def log_message(self, *args) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
