"""Instants in templates, written as `core.dates` writes them."""

import datetime as dt

from django import template
from django.utils import timezone

from core import dates
from core.in_words import in_words

register = template.Library()


@register.filter
def local(instant: dt.datetime | None, clock: dates.HasZone) -> str:
    return dates.local(instant.replace(microsecond=0), clock) if instant else ""


@register.filter
def utc(instant: dt.datetime | None) -> str:
    return dates.utc(instant.replace(microsecond=0)) if instant else ""


@register.filter
def local_minute(instant: dt.datetime | None, clock: dates.HasZone) -> str:
    """For lists, in which the zone is named once: “13 August 2026, 12:00”."""
    if not instant:
        return ""
    return dates.minute(instant.replace(second=0, microsecond=0), clock)


@register.filter
def zone(clock: dates.HasZone, at: dt.datetime | None = None) -> str:
    """The zone that such a list names once: at an instant, or all year."""
    return dates.zone_at(at, clock) if at else dates.zone_all_year(clock, timezone.now().year)


@register.filter
def hours(delay: dt.timedelta) -> str:
    """A delay as `H:MM`."""
    return dates.hours(delay)


@register.filter
def board_time(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 London time (UTC+1)”."""
    return dates.board_time(instant)


@register.filter
def board_and_utc(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 London time (UTC+1), 13 August 2026, 05:00 UTC”."""
    return in_words(instant.replace(microsecond=0)) if instant else ""
