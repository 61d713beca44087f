"""A line between browser and site that is cut: after so many bytes have gone up, every connection ends."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

AT_ONCE = 256 * 1024  # bytes


class Line:
    """Forwards what comes to `address` to the site; `cuts` counts how often it was cut. Whatever goes
    up waits for `slow` seconds, each AT_ONCE of it."""

    def __init__(self, site: str, cut_after: list[int], slow: float) -> None:
        self.site = (urlsplit(site).hostname or "", urlsplit(site).port or 80)
        self.cut_after, self.slow = cut_after, slow
        self.sent = self.cuts = 0
        self.near: list[socket.socket] = []  # the browser's ends
        self.threads: list[threading.Thread] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._start(self._accept)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self._cut()
        for thread in list(self.threads):
            thread.join(timeout=10)

    def _start(self, act: Callable[..., None], *arguments: socket.socket) -> threading.Thread:
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        with self.listener, suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self.near.append(near)
                self._start(self._forward, near)

    def _forward(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self.site) as far:
            down = self._start(self._pump, far, near)
            self._pump(near, far, self._count)
            down.join()

    def _pump(
        self, one: socket.socket, other: socket.socket, count: Callable[[int], None] | None = None
    ) -> None:
        with suppress(OSError):
            while data := one.recv(AT_ONCE):
                other.sendall(data)
                if count:
                    count(len(data))
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def _count(self, size: int) -> None:
        self.sent += size
        time.sleep(self.slow * size / AT_ONCE)
        if self.cut_after and self.sent >= self.cut_after[0]:
            self.cut_after.pop(0)
            self.cuts += 1
            self._cut()

    def _cut(self) -> None:
        for near in list(self.near):
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(site: str, *, cut_after: tuple[int, ...] = (), slow: float = 0) -> Iterator[Line]:
    line = Line(site, list(cut_after), slow)
    try:
        yield line
    finally:
        line.close()
