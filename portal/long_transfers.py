"""Long transfers: a worker that sends or receives a large file is busy, not hung.

gunicorn ends a worker that has not said for its timeout (30 seconds) that it lives, and a plain worker says so
between requests only. Here it says so with each part of a body that comes in or goes out, and where a view
makes a file in parts before it answers (`core.http.at_work`). Whoever sends
nothing at all is left by the socket's own time (`portal.admission`).
"""

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from core.http import ALIVE
from core.request_size import SMALL
from portal.transfers import PLACE, PLACES, Places

PART = 64 * 1024  # bytes; a line slower than so many in the timeout is hung


class Told:
    """The body of a request; `alive` is called with each part that is read of it."""

    def __init__(self, body: Any, alive: Callable[[], None]) -> None:
        self.body, self.alive = body, alive

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def read(self, size: int = -1) -> bytes:
        parts = []
        while size and (part := self._part(size)):
            parts.append(part)
            size -= len(part) if size > 0 else 0
        return b"".join(parts)

    def _part(self, size: int) -> bytes:
        self.alive()
        return self.body.read(min(size, PART) if size > 0 else PART)

    def readline(self, *size: int) -> bytes:
        self.alive()
        return self.body.readline(*size)

    def readlines(self, *hint: int) -> list[bytes]:
        return list(self)


class Telling:
    """The parts of an answer, none of them large; `alive` is called with each. At its end the place that
    it held, if any, is given back."""

    def __init__(
        self, parts: Iterable[bytes], alive: Callable[[], None], environ: dict[str, Any]
    ) -> None:
        self.parts, self.alive, self.environ = parts, alive, environ

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            for at in range(0, len(part), PART):
                self.alive()
                yield part[at : at + PART]

    def close(self) -> None:
        if close := getattr(self.parts, "close", None):
            close()
        if place := self.environ.pop(PLACE, None):
            place.close()


def telling(application: Callable, alive: Callable[[], None], places: Places) -> Callable:
    """This WSGI application, which says with each part that it lives, and whose long transfers have
    these places."""

    def told(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            _say_length(environ)
        environ[PLACES], environ[ALIVE] = places, alive
        environ["wsgi.input"] = Told(environ["wsgi.input"], alive)
        answer = application(environ, start_response)
        return (
            answer
            if isinstance(answer, environ["wsgi.file_wrapper"])
            else Telling(answer, alive, environ)
        )

    return told


def _say_length(environ: dict[str, Any]) -> None:
    """A body that does not say how long it is, is read to see; what is longer than any form of a
    candidate is not read on, and counts as longer than any route takes."""
    body = environ["wsgi.input"].read(SMALL.length + 1)
    environ["CONTENT_LENGTH"] = str(len(body) if len(body) <= SMALL.length else sys.maxsize)
    environ["wsgi.input"] = io.BytesIO(body)
