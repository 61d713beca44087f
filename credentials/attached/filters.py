"""Which Associate Centres the page shows: those that need something, or one thing, or all."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from credentials.attached.state import Attached, Need
from credentials.candidate_list import found

EVERYTHING, SOMETHING = "all", "needs-something"


@dataclass(frozen=True)
class Filter:
    """A choice above the table: its name in the address, how people read it, how many it shows."""

    slug: str
    label: str
    count: int


def filters(rows: Collection[Attached]) -> list[Filter]:
    counts = Counter(need for row in rows for need in row.needs)
    return [
        Filter(SOMETHING, "Needs something", sum(bool(row.needs) for row in rows)),
        *(Filter(need.slug, need.label, counts[need]) for need in Need),
        Filter(EVERYTHING, "All", len(rows)),
    ]


def shown(rows: Iterable[Attached], slug: str) -> list[Attached]:
    """Those that a filter shows; a name that there is not stands for what needs something."""
    if slug == EVERYTHING:
        return list(rows)
    wanted = {need for need in Need if need.slug == slug} or set(Need)
    return [row for row in rows if row.needs & wanted]


def searched(rows: Collection[Attached], search: str) -> list[Attached]:
    """Those whose number or name holds every word of the search."""
    return [row for row in rows if found(search, f"{row.centre.number} {row.centre.name}")]
