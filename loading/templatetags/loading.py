"""Template tags of loading: what a file has changed, in words and numbers."""

import datetime as dt

from django import template

from core.dates import utc
from core.templatetags.numbers import thousands
from loading.models import LoadedFile

register = template.Library()
register.filter("thousands", thousands)
MIB = 1024  # KiB


@register.filter
def withdrawn(load: LoadedFile) -> int:
    """How many entries that were valid a file withdraws."""
    return load.found.get("tally", {}).get("entry, withdrawn", 0)


@register.filter
def rows(load: LoadedFile) -> int | None:
    """How many rows its file has, where they were all read and none is bad."""
    counts = load.found.get("counts")
    return sum(counts.values()) if counts and not load.found.get("bad") else None


@register.filter
def share(load: LoadedFile) -> int:
    """How much of it is read, of a hundred; 0 where that is not known."""
    return 100 * min(load.done, load.total) // load.total if load.total else 0


@register.filter
def spaced(name: str) -> str:
    """A column's name as words."""
    return name.replace("_", " ")


@register.filter
def as_mib(size: int) -> str:
    """A size in KiB as a number of MiB."""
    return f"{size / MIB:.1f}"


@register.filter
def to_minute(instant: dt.datetime) -> dt.datetime:
    """Nobody asks for the second."""
    return instant.replace(second=0, microsecond=0)


@register.filter
def utc_minute(instant: dt.datetime) -> str:
    """“3 August 2026, 15:20 UTC”."""
    return utc(to_minute(instant))
