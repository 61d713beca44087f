"""Instants of one day in templates: the hour alone where it is today, and how long it is until then."""

import datetime as dt

from django import template

from core.dates import HasZone, minute_this_year, zone_at

register = template.Library()


@register.simple_tag
def hour(instant: dt.datetime, clock: HasZone, today: dt.datetime) -> str:
    """“12:00”, or “13 August, 12:00” where that is another day there."""
    local = instant.astimezone(clock.zone)
    if local.date() == today.astimezone(clock.zone).date():
        return f"{local:%H:%M}"
    return minute_this_year(instant, clock)


@register.simple_tag
def hour_there(instant: dt.datetime, there: HasZone, here: HasZone, today: dt.datetime) -> str:
    """The same by the clock of another place, with its zone; nothing where the clocks agree."""
    if instant.astimezone(there.zone).utcoffset() == instant.astimezone(here.zone).utcoffset():
        return ""
    return f"{hour(instant, there, today)} {zone_at(instant, there)}"


@register.simple_tag
def wait(until: dt.datetime, now: dt.datetime) -> str:
    """“3 days”, “1 h 26 min”, “26 min”: never shorter than it takes."""
    minutes = -((now - until) // dt.timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
