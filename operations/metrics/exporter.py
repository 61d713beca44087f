"""The exporter: a process of its own on each machine, which answers /metrics on a port of its own.

It reads again and again, beside the answers, so that an answer waits for no query and is there when the database is
away or hangs: what was read too long ago is left out then, and said to be (`direct_reading_up`). Whoever has not
METRICS_TOKEN, where one is set, and whoever asks for anything else, gets 404.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.db import connections
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from core.database_errors import is_away
from core.errors import log_error
from operations.metrics.gauges import gauge
from operations.metrics.readings import OFTEN, SELDOM, WITHOUT_DATABASE, Reading, bounded

EVERY = 5  # seconds, of what is read often
LEAST, SHARE = (
    15,
    10,
)  # of what is read seldom: so many seconds, and so many times what the last round took
OLD_AFTER = 30  # seconds


class NotRead(Exception):
    """The database is known to be away."""


class Readings(Collector):
    """What was read last, of each reading, and how that went."""

    def __init__(
        self, often: Iterable[Reading] = OFTEN, seldom: Iterable[Reading] = SELDOM
    ) -> None:
        self.often, self.seldom = list(often), list(seldom)
        self.read: dict[str, tuple[float, float, list[Metric]]] = {}  # when, how long, what
        self.wait = float(LEAST)  # of what is read seldom

    def start(self) -> None:
        for act in (self._read_often, self._read_seldom):
            threading.Thread(target=act, daemon=True).start()

    def round(self, readings: Iterable[Reading]) -> None:
        """Read these once. While the database is away, what needs it is left out."""
        away = False
        for reading in readings:
            name, asks = reading.__name__, reading not in WITHOUT_DATABASE
            begun = time.monotonic()
            try:
                if away and asks:
                    raise NotRead
                with bounded() if asks else nullcontext():
                    found = list(reading())
                self.read[name] = time.monotonic(), time.monotonic() - begun, found
            except Exception as error:
                self.read.pop(name, None)
                away = self._note(error, name) or away

    def _note(self, error: Exception, name: str) -> bool:
        """Whether it is the database that is away."""
        if isinstance(error, NotRead):
            return True
        log_error(error, f"metrics, {name}")
        return is_away(error)

    def _read_often(self) -> None:
        while True:
            self.round(self.often)
            connections.close_all()
            time.sleep(EVERY)

    def _read_seldom(self) -> None:
        while True:
            begun = time.monotonic()
            self.round(self.seldom)
            connections.close_all()
            self.wait = max(LEAST, SHARE * (time.monotonic() - begun))
            time.sleep(self.wait)

    def collect(self) -> Iterator[Metric]:
        up = gauge("reading_up", "Whether it was read lately.", "reading")
        took = gauge("reading_seconds", "How long it took to read.", "reading")
        lately: list[Metric] = []
        for readings, old_after in (
            (self.often, OLD_AFTER),
            (self.seldom, OLD_AFTER + 3 * self.wait),
        ):
            for reading in readings:
                read = self.read.get(reading.__name__)
                fresh = read is not None and time.monotonic() - read[0] < old_after
                up.add_metric([reading.__name__], fresh)
                if read is not None and fresh:
                    took.add_metric([reading.__name__], read[1])
                    lately += read[2]
        yield from (up, took, *lately)


class OfRequests(Collector):
    """What the web processes have counted, each pool of them apart: one that begins anew begins at zero."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        folders = Path(settings.METRICS_DIR).glob("*/") if settings.METRICS_DIR else ()
        for folder in sorted(folders):
            for found in MultiProcessCollector(None, path=str(folder)).collect():
                family = families.setdefault(found.name, found)
                samples = [
                    one._replace(labels={**one.labels, "pool": folder.name})
                    for one in found.samples
                ]
                family.samples = samples if family is found else family.samples + samples
        yield from families.values()


def registry(*, start: bool = True) -> CollectorRegistry:
    """All that this machine tells."""
    found = CollectorRegistry(auto_describe=False)
    readings = Readings()
    if start:
        readings.start()
    for collector in (readings, OfRequests()):
        found.register(collector)
    ProcessCollector(namespace="direct_exporter", registry=found)
    return found


def application(found: CollectorRegistry) -> Callable[..., list[bytes]]:
    """For WSGI."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        known = constant_time_compare(token, settings.METRICS_TOKEN) or not settings.METRICS_TOKEN
        asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if not known or asked != ("GET", "/metrics"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"Not found.\n"]
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [generate_latest(found)]

    return answer


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Nothing is logged of each answer, nor of a path."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


def server() -> WSGIServer:
    """Listening on METRICS_ADDRESS. Raises OSError."""
    host, _, port = settings.METRICS_ADDRESS.rpartition(":")
    return make_server(
        host.strip("[]"), int(port), application(registry()), Server, handler_class=Silent
    )
