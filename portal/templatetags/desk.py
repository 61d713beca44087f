"""How the board's pages write instants: by its own clock."""

import datetime as dt

from django import template

from portal.desk.clock import said

register = template.Library()


@register.filter
def board_time(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 (Europe/London)”."""
    return said(instant)
