"""Which centres Results day lists, and in which order (rules 6 and 15)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import QueryDict

from core.searching import found, searched_for
from results_day.counts import Row

FILTERS: dict[str, tuple[str, Callable[[Row], int]]] = {
    "all": ("All", lambda row: True),
    "no-letter": ("No letter", lambda row: row.counts.without_letter),
    "not-open": ("Not yet open", lambda row: row.counts.not_open),
}
ATTENTION, BY_NUMBER = "not-seen", "centre"
SORTS = {ATTENTION: "Most not yet seen first", BY_NUMBER: "By centre number"}


@dataclass(frozen=True)
class Chip:
    """One of FILTERS, and how many centres it shows."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class Listing:
    """What an address asks for of them; what it does not know is as if it were not there."""

    rows: list[Row]
    show: str
    sort: str
    search: str

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(key, label, sum(map(bool, map(holds, self.rows))))
            for key, (label, holds) in FILTERS.items()
        ]

    @property
    def shown(self) -> list[Row]:
        holds = FILTERS[self.show][1]
        rows = (row for row in self.rows if holds(row))
        those = [
            row for row in rows if found(self.search, f"{row.centre.number} {row.centre.name}")
        ]
        return attention_first(those) if self.sort == ATTENTION else those


def listing(rows: list[Row], asked: QueryDict) -> Listing:
    show, sort = asked.get("show"), asked.get("sort")
    return Listing(
        rows=rows,
        show=show if show in FILTERS else "all",
        sort=sort if sort in SORTS else ATTENTION,
        search=searched_for(asked),
    )


def attention_first(rows: Iterable[Row]) -> list[Row]:
    """Where most have not seen their results, then where most letters are missing."""
    return sorted(rows, key=lambda row: (-row.counts.not_seen, -row.counts.without_letter))
