"""Names of time zones: those that Python knows, but for the ones that mean the reverse of what they say."""

import re
from functools import cache
from zoneinfo import available_timezones

UNKNOWN = "{} is not a time zone. Write it like Asia/Karachi."
REVERSED = (
    "{} has its sign reversed: in such names + means behind UTC. Write the zone of the place, like "
    "Asia/Karachi, which keeps its summer time as well."
)


def fault_in(name: str) -> str:
    """What is wrong with it, the name to be put in; empty where nothing is."""
    if name not in _known():
        return UNKNOWN
    return REVERSED if re.fullmatch(r"Etc/GMT[+-][1-9][0-9]?", name) else ""


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())
