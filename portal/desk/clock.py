"""The board's own clock, by which its desk shows instants beside UTC, and in which it types them."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from centres import times


@dataclass(frozen=True)
class Clock:
    """What `centres.times` asks of a centre: a zone and its name."""

    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def board_clock() -> Clock:
    return Clock(settings.BOARD_TIME_ZONE)


def said(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 (Europe/London)”, or nothing."""
    return times.local(instant.replace(microsecond=0), board_clock()) if instant else ""


def instant_of(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant that the board's clock shows so. Raises ValueError, with the reason, for a time that
    the clock leaves out or shows twice, as it does when it is put forward or back."""
    zone = board_clock().zone
    first = dt.datetime.combine(day, time, zone)
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise ValueError("The clock is changed at this hour. Choose another time.")
    return first.astimezone(dt.UTC)
