"""What the background worker looks after beside its tasks: each room says what, and how often.

`manage.py db_worker` calls all of it again and again, in threads of its own: what is done each beat must
be quick, and waits for nothing else. Each must bear to be called at any time, and to be cut off.
"""

from collections.abc import Callable

BEFORE_THE_FIRST: list[
    Callable[[], object]
] = []  # what raises ImproperlyConfigured ends the worker
EVERY_BEAT: list[Callable[[], object]] = []  # each few seconds
EVERY_MINUTE: list[Callable[[], object]] = []
EVERY_HOUR: list[Callable[[], object]] = []  # what looks through all that is kept


def before_the_first(*acts: Callable[[], object]) -> None:
    """Register, in a room's AppConfig.ready."""
    BEFORE_THE_FIRST.extend(acts)


def every_beat(*acts: Callable[[], object]) -> None:
    """Register, in a room's AppConfig.ready."""
    EVERY_BEAT.extend(acts)


def every_minute(*acts: Callable[[], object]) -> None:
    """Register, in a room's AppConfig.ready."""
    EVERY_MINUTE.extend(acts)


def every_hour(*acts: Callable[[], object]) -> None:
    """Register, in a room's AppConfig.ready."""
    EVERY_HOUR.extend(acts)
