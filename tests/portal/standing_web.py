"""A web machine for tests of what stands in front: it says what it was asked, and stands still when told to."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs
from uuid import NAMESPACE_DNS, uuid5

from candidate_site.cookie import signed


class Answers(BaseHTTPRequestHandler):
    server: "Web"
    wbufsize = -1  # an answer goes out whole: a probe reads its first line, and leaves

    def do_GET(self) -> None:
        if self.path.startswith("/health/ready/"):
            self._say(200, b"ready")
            return
        self.server.asked.append(self.path)
        self.server.goes_on.wait(60)
        length = int(self.headers.get("Content-Length") or 0)
        typed = parse_qs(self.rfile.read(min(length, 20_000)).decode())
        username = typed.get("username", [""])[0]
        if self.path.startswith("/results/") and username.startswith("right"):
            self._let_in(username)
        elif self.path.startswith("/static/"):
            self._give_file()
        else:
            told = {"path": self.path, "headers": dict(self.headers), "port": self.server.port}
            self._say(200, json.dumps(told).encode())

    do_HEAD = do_POST = do_PATCH = do_GET

    def _let_in(self, username: str) -> None:
        """As the candidate site does: a cookie that names the login."""
        facts = [str(uuid5(NAMESPACE_DNS, username)), 1, 0, time.time(), None]
        self.send_response(303)
        self.send_header("Set-Cookie", f"candidate={signed(facts)}; Path=/results/; HttpOnly")
        self.send_header("Location", "/results/mine/x/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _give_file(self) -> None:
        """As whitenoise does: whole or in part, or nothing new, and by encoding."""
        if "missing" in self.path:
            self._say(404, b"")
        elif self.headers.get("If-None-Match"):
            self._say(304, b"")
        elif self.headers.get("Range"):
            self._say(206, b"p")
        else:
            self._say(200, self.headers.get("Accept-Encoding", "").encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if self.path.startswith(("/results/?", "/static/")):
            file = self.path.startswith("/static/")
            self.send_header("Cache-Control", "public, max-age=60")
            self.send_header("Vary", "Accept-Encoding" if file else "Accept-Language")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Web(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.port = self.server_address[1]
        self.asked: list[str] = []
        self.goes_on = Event()
        self.goes_on.set()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing is answered but probes, until the block ends."""
        self.goes_on.clear()
        try:
            yield
        finally:
            self.goes_on.set()


@contextmanager
def web() -> Iterator[Web]:
    with Web() as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.goes_on.set()
            server.shutdown()
            thread.join()
