"""A database that is away is told in one line every few seconds, not by each who asks it.

The first line comes at once. Then it is counted, by process, and told with the next, and when it is there again: so
thousands of candidates at a database that is started anew are a dozen lines.
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
        self._asked, self._lasts = 0, False  # without an answer since then; and it was told

    def note(self, error: BaseException) -> None:
        """It could not be asked, and this is what it said."""
        with self._lock:
            self._asked += 1
            now = time.monotonic()
            if now - self._told < EVERY:
                return
            self._told, self._lasts = now, True
            asked, self._asked = self._asked, 0
        code = code_of(error) or "no answer"
        logger.warning("The database is away: %s. Failed attempts: %s", code, asked)

    def end(self, **signal: Any) -> None:
        """A connection was made."""
        if not self._lasts:
            return
        with self._lock:
            asked, self._asked, self._lasts = self._asked, 0, False
        logger.warning("The database is there again. Failed attempts meanwhile: %s", asked)


outage = Outage()
