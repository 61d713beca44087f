"""How the board's desk writes instants by its own clock, and what a file has changed."""

import datetime as dt

from django import template

from portal.desk.clock import said
from portal.desk.loaded_file import LoadedFile

register = template.Library()
MIB = 1024  # KiB


@register.filter
def board_time(instant: dt.datetime | None) -> str:
    """“13 August 2026, 06:00 (Europe/London)”."""
    return said(instant)


@register.filter
def withdrawn(load: LoadedFile) -> int:
    """How many entries that were valid a file withdraws."""
    return load.found.get("tally", {}).get("entry, withdrawn", 0)


@register.filter
def spaced(name: str) -> str:
    """A column's name as words."""
    return name.replace("_", " ")


@register.filter
def as_mib(size: int) -> str:
    """A size in KiB as a number of MiB."""
    return f"{size / MIB:.1f}"
