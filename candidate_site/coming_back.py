"""Coming back: when those who were turned away try again, soon and not all together."""

from random import randint

SOONEST, LATEST = 5, 20  # seconds


def come_back_after() -> int:
    return randint(SOONEST, LATEST)  # noqa: S311 # nosec B311 # nothing secret
