"""A database that is away is told in one line every few seconds, not by each who asks it.

The first line comes at once. Then it is counted, by process, and told with the next; when a connection is made again, a
line says so with the rest of the count. Thousands of candidates at a database that is started anew are a dozen lines.
"""

import logging
import threading
import time
from typing import Any

from core.database_errors import code_of

EVERY = 10.0  # seconds

logger = logging.getLogger(__name__)


class Outage:
    """What this process has seen of it. Two lines in EVERY seconds at the most, even where it comes and goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = -EVERY  # when; by a clock that only goes on
        self._asked = 0  # without an answer, since then
        self._lasts = False  # and was told

    def note(self, error: BaseException, about: str = "") -> None:
        """It could not be asked, and this is what it said. `about`: what asked."""
        with self._lock:
            self._asked += 1
            now = time.monotonic()
            if now - self._told < EVERY:
                return
            self._told, self._lasts = now, True
            asked, self._asked = self._asked, 0
        code = code_of(error) or "no answer"
        by = f"; now by {about}" if about else ""
        logger.warning("The database is away: %s. Failed attempts: %s%s", code, asked, by)

    def end(self, **signal: Any) -> None:
        """A connection was made."""
        if not self._lasts:
            return
        with self._lock:
            asked, self._asked, self._lasts = self._asked, 0, False
        logger.warning(
            "The database is there again. Failed attempts since the last line: %s", asked
        )


outage = Outage()
