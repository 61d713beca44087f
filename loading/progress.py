"""Progress of a load while its transaction is open, from which nobody else could see it.

A thread writes it, over a connection of its own. SQLite has one writer, and while a file is loaded it is
the load: there nothing is told until it is done. A load that another worker has taken over stops when it
next tells how far it is.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, InterfaceError, connection, connections

from core.jobs import JobTakenOver

EVERY = 1.0  # seconds


@contextmanager
def telling(report_progress: Callable[[int, int], None]) -> Iterator[Callable[[int, int], None]]:
    """Gives a function to call with (done, total) as often as one likes. It raises JobTakenOver."""
    if connection.vendor == "sqlite":
        yield lambda done, total: None
        return
    state: dict[str, tuple[int, int]] = {}
    stop, over = threading.Event(), threading.Event()

    def tell(done: int, total: int) -> None:
        if over.is_set():
            report_progress(
                done, total
            )  # raises JobTakenOver, unless only this transaction sees the row yet
        state.update(now=(done, total))

    teller = threading.Thread(target=_tell, args=(state, stop, over, report_progress), daemon=True)
    teller.start()
    try:
        yield tell
    finally:
        stop.set()
        teller.join()


def _tell(
    state: dict[str, tuple[int, int]],
    stop: threading.Event,
    over: threading.Event,
    report_progress: Callable[[int, int], None],
) -> None:
    told = None
    try:
        while not stop.wait(EVERY):
            now = state.get("now")
            if now and now != told:
                with suppress(DatabaseError, InterfaceError):
                    report_progress(*now)
                told = now
    except JobTakenOver:
        over.set()
    finally:
        connections.close_all()
