"""Notes: what a page writes beside what it is asked for, as when somebody was last seen. No page is lost because a
note could not be written, nor does it wait for one: what depends on it is told by what is noted, and the next page
tries again.

On SQLite one connection writes at a time. A note waits for it PATIENCE and no longer; whatever somebody presses a
button for waits as long as the settings say.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from core.database_errors import is_away
from core.outages import outage

PATIENCE = 0.3  # seconds


def noted(write: Callable[[], Any]) -> bool:
    """Write it if that can be done now; whether it was."""
    try:
        with _short_patience():
            write()
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        outage.note(error)
        return False
    return True


@contextmanager
def _short_patience() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
    _wait(PATIENCE)
    try:
        yield
    finally:
        _wait(usual)


def _wait(seconds: float) -> None:
    connection.connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")
