"""Release moments: the instants from which results can be seen, and which qualifications at each (rules 14, 18);
and the board's usual hour (rule 19)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from core.dates import HasZone, board_clock, local, utc, zone_at


def another_hour(at: dt.datetime) -> str:
    """That results are usually released at another hour of the board's clock than at this instant, in a
    sentence (rule 19); empty where this is the usual one."""
    usual = settings.BOARD_RELEASE_TIME
    if at.astimezone(board_clock().zone).time() == usual:
        return ""
    return f"Results are usually released at {usual:%H:%M} {zone_at(at, board_clock())}."


@dataclass(frozen=True)
class Moment:
    """One instant, and the qualifications whose results can be seen from then."""

    instant: dt.datetime
    qualifications: list[str]
    local: str
    utc: str


def moments(visible_from: Mapping[str, dt.datetime], centre: HasZone) -> list[Moment]:
    """Group qualifications that can be seen at the same instant, earliest first."""
    return [
        moment(instant, sorted(name for name, at in visible_from.items() if at == instant), centre)
        for instant in sorted(set(visible_from.values()))
    ]


def moment(instant: dt.datetime, qualifications: list[str], centre: HasZone) -> Moment:
    return Moment(instant, qualifications, local(instant, centre), utc(instant))
