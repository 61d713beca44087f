"""Two who act at once on PostgreSQL, each in a thread with a connection of their own: locks are met.

    def test_…(first, second):
        first.begin(correct, …, until="FOR UPDATE")   # stays there, in the middle of its transaction
        second.begin(load, …)
        second.waits_for(first)                       # PostgreSQL says so: no sleep proves anything
        first.finish()
        second.finish()                               # what it gave, or raised

`tests.between_queries` is for what another does between two queries and commits at once: it knows no lock.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

from django.db import connection, connections

PATIENCE = 20  # seconds, after which something hangs that should not
BLOCKED = "SELECT %s = ANY(pg_blocking_pids(%s))"


class Somebody:
    """Acts in a thread, with a connection, of their own: one act after another."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._go_on = Event()
        self._backend: int | None = None
        self._act: Future | None = None

    def begin(self, act: Callable, *args: Any, until: str = "", **kwargs: Any) -> None:
        """Begin this act. With `until`, an SQL text: come back when a query with it has its answer, where
        the act stays until `finish`; the next acts of the same person wait for nothing."""
        stopped = Event()
        self._go_on.clear()

        def stay(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
            answer = execute(sql, params, many, context)
            if until and until in sql and not stopped.is_set():
                stopped.set()
                assert self._go_on.wait(PATIENCE), "nobody let it go on"
            return answer

        def apart() -> Any:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    self._backend = cursor.fetchone()[0]
                begun.set()
                with connection.execute_wrapper(stay):
                    return act(*args, **kwargs)
            finally:
                connections.close_all()

        begun = Event()
        self._act = self._thread.submit(apart)
        assert begun.wait(PATIENCE)
        if until:
            self._act.add_done_callback(lambda _: stopped.set())
            assert stopped.wait(PATIENCE), f"no query with {until!r}"
            self._is_not_done(f"it ended without a query with {until!r}")

    def waits_for(self, other: "Somebody") -> None:
        """PostgreSQL says that this act waits for a lock of the other's."""
        for _ in range(PATIENCE * 100):
            self._is_not_done("it waited for nothing")
            with connection.cursor() as cursor:
                cursor.execute(BLOCKED, [other._backend, self._backend])
                if cursor.fetchone()[0]:
                    return
            Event().wait(0.01)
        raise AssertionError("it does not wait for the other")

    def _is_not_done(self, otherwise: str) -> None:
        if self._act.done():
            raise AssertionError(otherwise) from self._act.exception()

    def finish(self) -> Any:
        """Go on to the end: what the act gave, or raised."""
        self._go_on.set()
        return self._act.result(PATIENCE)

    def leave(self) -> None:
        self._go_on.set()
        self._thread.shutdown()
