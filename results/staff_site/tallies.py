"""Tallies of entries and of their outcomes, as far as this person may see them.

The database counts what the staff's gate (`results.staff_release`) lets through. An outcome that may not
be seen yet is no outcome here, whatever it is: it is counted among those to be released or, once its time
has come, among those not available yet.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, F, Max, QuerySet

from centres.grades import OUTCOMES
from centres.models import Entry
from results.staff_release import NAMED_AS, seen_by


@dataclass(frozen=True, slots=True)
class Tally:
    """So many entries that have all of this in common. `grade` is None where none may be seen."""

    centre: str
    qualification: str
    scale: tuple[str, ...]
    code: str
    title: str
    option: str
    withdrawn: bool
    grade: str | None
    awaited_at: dt.datetime | None
    restricted_until: dt.datetime | None
    not_available: bool
    count: int


@dataclass(frozen=True)
class Counts:
    """What these tallies come to."""

    tallies: tuple[Tally, ...]

    @cached_property
    def entries(self) -> int:
        return sum(one.count for one in self.tallies)

    @cached_property
    def withdrawn(self) -> int:
        return sum(one.count for one in self.tallies if one.withdrawn)

    @cached_property
    def outcomes(self) -> int:
        return sum(one.count for one in self.tallies if one.grade)

    @cached_property
    def without_grade(self) -> int:
        """Of the outcomes, those that say that there is none, or none yet."""
        return sum(one.count for one in self.tallies if one.grade in OUTCOMES)

    @property
    def graded(self) -> int:
        """How many have a grade, ungraded among them."""
        return self.outcomes - self.without_grade

    @cached_property
    def not_available(self) -> int:
        """Of those whose release has come, how many have nothing to show: missing or held."""
        return sum(one.count for one in self.tallies if one.not_available)

    @property
    def without_outcome(self) -> int:
        return self.entries - self.withdrawn - self.outcomes

    @property
    def awaited(self) -> int:
        return self.without_outcome - self.not_available

    @cached_property
    def awaited_at(self) -> dict[str, dt.datetime]:
        """Qualification -> from when this person sees its outcomes, where that lies ahead."""
        return {one.qualification: one.awaited_at for one in self.tallies if one.awaited_at}

    @cached_property
    def restricted_until(self) -> dict[str, dt.datetime]:
        """Qualification -> until when the outcomes that are counted must not be passed on."""
        return {
            one.qualification: one.restricted_until
            for one in self.tallies
            if one.grade and one.restricted_until
        }

    @cached_property
    def distributions(self) -> list["Distribution"]:
        """One for each qualification of which an outcome may be seen, by name."""
        counts: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}
        for one in self.tallies:
            if one.grade:
                found = counts.setdefault((one.qualification, one.scale), Counter())
                found[one.grade] += one.count
        return [Distribution(name, scale, found) for (name, scale), found in sorted(counts.items())]


@dataclass(frozen=True)
class Distribution:
    """How often each outcome of a qualification was reached."""

    qualification: str
    scale: tuple[str, ...]
    counts: Counter[str]

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def order(self) -> list[str]:
        """The outcomes in order: its scale, best first, with UNGRADED; then X, Q and Y. Left out are
        those of X, Q and Y that nobody has, and of AS and A Level the one that nobody has."""
        levels = {one.islower() for one in self.counts if one in self.scale and one.isalpha()}
        grades = [one for one in self.scale if self._is_of(one, levels)]
        return grades + [one for one in OUTCOMES if self.counts[one]]

    def _is_of(self, grade: str, levels: set[bool]) -> bool:
        both = any(one.islower() for one in self.scale)
        is_one = len(grade.rstrip("*")) == 1 and grade[0].isalpha()
        return not (both and is_one and levels) or grade.islower() in levels


def tallies_of(
    entries: QuerySet[Entry], *, user: AbstractUser, at: dt.datetime | None = None
) -> list[Tally]:
    """All of these entries, counted by centre, syllabus, option and outcome (one query)."""
    rows = (
        seen_by(user, entries, at=at)
        .order_by()
        .values(
            *("withdrawn", "grade", "candidates_at", "seen_from"),
            scale=F("syllabus__qualification__grades"),
            **{
                name: NAMED_AS[name]
                for name in ("centre", "qualification", "code", "title", "option")
            },
        )
        .annotate(count=Count("pk"), decided_at=Max("gate_time"))
    )
    return [_tally(row) for row in rows]


def _tally(row: dict[str, Any]) -> Tally:
    seen_from, now, candidates_at = map(row.pop, ("seen_from", "decided_at", "candidates_at"))
    ahead = seen_from and seen_from > now and not row["withdrawn"]
    restricted = seen_from and seen_from <= now < candidates_at
    not_available = seen_from and seen_from <= now and not (row["grade"] or row["withdrawn"])
    row["scale"] = tuple(row["scale"].split())
    return Tally(
        **row,
        awaited_at=seen_from if ahead else None,
        restricted_until=candidates_at if restricted else None,
        not_available=bool(not_available),
    )


def counted(tallies: Iterable[Tally]) -> Counts:
    return Counts(tuple(tallies))
