"""Release moments: the instants from which results can be seen, and which qualifications at each (rules 14, 18)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from core.dates import HasZone, local, utc


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
        Moment(
            instant,
            sorted(name for name, at in visible_from.items() if at == instant),
            local(instant, centre),
            utc(instant),
        )
        for instant in sorted(set(visible_from.values()))
    ]
