"""Dates and times as people read them: in a zone, by its city and how far it is from UTC, in UTC, and by the
board's clock (rules 14, 18). Cities are called as the language being spoken calls them."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from django.conf import settings
from django.utils.dateformat import DateFormat
from django.utils.translation import get_language, gettext, to_locale


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
    """“13 August 2026, 12:00 Bangkok time (UTC+7)”."""
    return f"{minute(instant, clock)} {zone_at(instant, clock)}"


def minute(instant: dt.datetime, clock: HasZone) -> str:
    """“13 August 2026, 12:00”, where the zone is named once for a whole list."""
    return _written(instant.astimezone(clock.zone))


def minute_this_year(instant: dt.datetime, clock: HasZone) -> str:
    """“13 August, 12:00”, where the whole of it stands once beside the list."""
    return _InWords(instant.astimezone(clock.zone)).format(gettext("j F, H:i"))


def zone_at(instant: dt.datetime, clock: HasZone) -> str:
    """“Bangkok time (UTC+7)”, as it is at that instant."""
    return _zone(clock, _offset(instant.astimezone(clock.zone)))


def zone_all_year(clock: HasZone, year: int) -> str:
    """The same for a list: “London time (UTC+0 or UTC+1, by season)”."""
    months = (dt.datetime(year, month, 15, tzinfo=clock.zone) for month in range(1, 13))
    offsets = list(dict.fromkeys(map(_offset, months)))
    return _zone(clock, " or ".join(offsets) + (", by season" if offsets[1:] else ""))


def _zone(clock: HasZone, offset: str) -> str:
    city = _city(clock.time_zone, get_language() or settings.LANGUAGE_CODE)
    if city:
        return gettext("%(city)s time (%(offset)s)") % {"city": city, "offset": offset}
    return "UTC" if offset == "UTC+0" else offset


def _offset(moment: dt.datetime) -> str:
    """“UTC+5:30”, “UTC−3”, with the minus sign of print."""
    minutes = int((moment.utcoffset() or dt.timedelta()).total_seconds()) // 60
    whole, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{whole}{f':{rest:02}' if rest else ''}"


@cache
def _city(zone: str, language: str) -> str:
    """The city that a zone is named after; empty where it is named after none, as UTC is."""
    zone = get_global("zone_aliases").get(zone, zone)
    area, _, place = zone.rpartition("/")
    if area in ("", "Etc"):
        return ""
    names = Locale.parse(to_locale(language)).time_zones
    return names.get(zone, {}).get("city") or place.replace("_", " ")


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
    """“13 August 2026, 06:00 London time (UTC+1)”, or nothing."""
    return local(instant.replace(microsecond=0), board_clock()) if instant else ""


def instant_of(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant that the board's clock shows so. Raises ValueError, with the reason, for a time that
    the clock leaves out or shows twice, as it does when it is put forward or back."""
    zone = board_clock().zone
    first = dt.datetime.combine(day, time, zone)
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise ValueError("The clock is changed at this hour. Choose another time.")
    return first.astimezone(dt.UTC)
