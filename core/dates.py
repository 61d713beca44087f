"""Dates and times as people read them: in a zone, by its name, in UTC, and by the board's clock (rules 14,
18)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateformat import DateFormat
from django.utils.translation import gettext


class HasZone(Protocol):
    """A centre, or what keeps the name of its zone."""

    @property
    def time_zone(self) -> str: ...

    @property
    def zone(self) -> ZoneInfo: ...


class HasMonth(Protocol):
    """A series, or what keeps its name."""

    @property
    def year(self) -> int: ...

    @property
    def month(self) -> int: ...


def local(instant: dt.datetime, clock: HasZone) -> str:
    """“13 August 2026, 12:00 (Asia/Bangkok)”."""
    return f"{_written(instant.astimezone(clock.zone))} ({clock.time_zone})"


def in_file_name(instant: dt.datetime, clock: HasZone) -> str:
    """“20260813-1200”, by the same clock, so that a file is known by what its page says."""
    return f"{instant.astimezone(clock.zone):%Y%m%d-%H%M}"


def utc(instant: dt.datetime) -> str:
    """“13 August 2026, 05:00 UTC”."""
    return f"{_written(instant.astimezone(dt.UTC))} UTC"


def day(date: dt.date) -> str:
    """“15 August 2026”, as the language being spoken writes it."""
    return _InWords(date).format(gettext("j F Y"))


def month(of: HasMonth) -> str:
    """“June 2026”, as the language being spoken writes it."""
    return _InWords(dt.date(of.year, of.month, 1)).format(gettext("F Y"))


def hours(delay: dt.timedelta) -> str:
    """A delay in hours and minutes, `H:MM` (rule 10)."""
    minutes = int(delay.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _written(moment: dt.datetime) -> str:
    pattern = gettext("j F Y, H:i:s") if moment.second else gettext("j F Y, H:i")
    return _InWords(moment).format(pattern)


class _InWords(DateFormat):
    def j(self) -> Any:
        """The day of a month. The first has a name of its own in French, which no pattern of Django's gives."""
        number = super().j()
        return gettext("1") if number == 1 else number


@dataclass(frozen=True)
class BoardClock:
    """A zone and its name, as a centre has them."""

    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def board_clock() -> BoardClock:
    """By which the board's pages show instants beside UTC, and take them."""
    return BoardClock(settings.BOARD_TIME_ZONE)


def board_time(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 (Europe/London)”, or nothing."""
    return local(instant.replace(microsecond=0), board_clock()) if instant else ""


def instant_of(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant that the board's clock shows so. Raises ValueError, with the reason, for a time that
    the clock leaves out or shows twice, as it does when it is put forward or back."""
    zone = board_clock().zone
    first = dt.datetime.combine(day, time, zone)
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise ValueError("The clock is changed at this hour. Choose another time.")
    return first.astimezone(dt.UTC)
