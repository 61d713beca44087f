"""Template tags of loading: what a file has changed, in words."""

from django import template

from loading.models import LoadedFile

register = template.Library()
MIB = 1024  # KiB


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
