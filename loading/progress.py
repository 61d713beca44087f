"""Progress of a load while its transaction is open, from which nobody else could see it.

A thread writes it, over a connection of its own. SQLite has one writer, and while a file is loaded it is
the load: there nothing is told until it is done. A load that another worker has taken over stops when it
next tells how far it is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, InterfaceError, connection, connections

from core.jobs import JobTakenOver, ReportProgress

EVERY = 1.0  # seconds


@contextmanager
def reporting(report_progress: ReportProgress) -> Iterator[ReportProgress]:
    """A function to call with (done, total) as often as one likes. It raises JobTakenOver."""
    if connection.vendor == "sqlite":
        yield lambda done, total: None
        return
    state: dict[str, tuple[int, int]] = {}
    stop, over = threading.Event(), threading.Event()

    def report(done: int, total: int) -> None:
        if over.is_set():
            # Raises JobTakenOver, unless only this transaction sees the row yet.
            report_progress(done, total)
        state.update(now=(done, total))

    reporter = threading.Thread(
        target=_report, args=(state, stop, over, report_progress), daemon=True
    )
    reporter.start()
    try:
        yield report
    finally:
        stop.set()
        reporter.join()


def _report(
    state: dict[str, tuple[int, int]],
    stop: threading.Event,
    over: threading.Event,
    report_progress: ReportProgress,
) -> None:
    reported = None
    try:
        while not stop.wait(EVERY):
            now = state.get("now")
            if now and now != reported:
                with suppress(DatabaseError, InterfaceError):
                    report_progress(*now)
                reported = now
    except JobTakenOver:
        over.set()
    finally:
        connections.close_all()
