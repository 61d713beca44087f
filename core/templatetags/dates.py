"""Instants in templates, written as `core.dates` writes them."""

import datetime as dt

from django import template

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
    return dates.local(instant.replace(second=0, microsecond=0), clock).partition(" (")[0]


@register.filter
def hours(delay: dt.timedelta) -> str:
    """A delay as `H:MM`."""
    return dates.hours(delay)


@register.filter
def board_time(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 (Europe/London)”."""
    return dates.board_time(instant)


@register.filter
def board_and_utc(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 (Europe/London), 13 August 2026, 05:00 UTC”."""
    return in_words(instant.replace(microsecond=0)) if instant else ""
