"""How instants are written for people: in the centre's zone, by its name, and in UTC (rules 14, 18)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext


class HasZone(Protocol):
    """A centre, or what keeps the name of its zone."""

    @property
    def time_zone(self) -> str: ...

    @property
    def zone(self) -> ZoneInfo: ...


def local(instant: dt.datetime, centre: HasZone) -> str:
    """“13 August 2026, 12:00 (Asia/Bangkok)”."""
    return f"{_written(instant.astimezone(centre.zone))} ({centre.time_zone})"


def in_file_name(instant: dt.datetime, centre: HasZone) -> str:
    """“20260813-1200”, by the same clock, so that a file is known by what its page says."""
    return f"{instant.astimezone(centre.zone):%Y%m%d-%H%M}"


def utc(instant: dt.datetime) -> str:
    """“13 August 2026, 05:00 UTC”."""
    return f"{_written(instant.astimezone(dt.UTC))} UTC"


def hours(delay: dt.timedelta) -> str:
    """A delay in hours and minutes, `H:MM` (rule 10)."""
    minutes = int(delay.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _written(moment: dt.datetime) -> str:
    pattern = gettext("j F Y, H:i:s") if moment.second else gettext("j F Y, H:i")
    return dateformat.format(moment, pattern)


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
