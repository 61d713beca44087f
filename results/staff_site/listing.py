"""The listing of entries and candidates, and its order: by outcome too, as far as this person may see it.

Both are asked of what the staff's gate lets through. Whatever is still to be released is all alike: it
is found by no grade, and stands behind every grade, so that neither a filter nor an order tells it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from centres.grades import OUTCOMES, printed
from centres.models import Candidate, Entry
from core.searching import finding
from results.staff_release import seen_by
from results.staff_site.tallies import Counts

AWAITED, NOT_AVAILABLE, WITHDRAWN = "awaited", "not-available", "withdrawn"
ENTRY_SORTS = ("number", "name", "syllabus", "outcome")
CANDIDATE_SORTS = ("number", "name")


@dataclass(frozen=True)
class Choice:
    """A choice of outcome, as the address says it and as people read it; and how many it finds."""

    value: str
    label: str
    count: int

    @property
    def is_pending(self) -> bool:
        """That there is no grade, or none yet."""
        return self.value in {*OUTCOMES, AWAITED, NOT_AVAILABLE}


def choices_of(counts: Counts) -> list[Choice]:
    """The outcomes that are there, best first; those awaited; those not available; those withdrawn."""
    many: dict[str, int] = {}
    for one in counts.distributions:
        for grade in one.order:
            many[grade] = many.get(grade, 0) + one.counts[grade]
    choices = [
        Choice(grade, printed(grade), count)
        for grade, count in sorted(many.items(), key=lambda one: one[0] in OUTCOMES)
        if count
    ]
    if counts.awaited:
        choices.append(Choice(AWAITED, "To be released", counts.awaited))
    if counts.not_available:
        choices.append(Choice(NOT_AVAILABLE, "Not available yet", counts.not_available))
    if counts.withdrawn:
        choices.append(Choice(WITHDRAWN, "Withdrawn", counts.withdrawn))
    return choices


def outcome_asked(asked: str, counts: Counts) -> str:
    """The outcome asked for, whether anybody has it or not; empty, for all, when there is no such."""
    known = {grade for one in counts.tallies for grade in one.scale}
    return asked if asked in {*known, *OUTCOMES, AWAITED, NOT_AVAILABLE, WITHDRAWN} else ""


@dataclass(frozen=True)
class Order:
    """By what a list is sorted; the address says it with a minus in front for the other way round."""

    by: str
    backwards: bool = False

    @property
    def asked(self) -> str:
        return f"-{self.by}" if self.backwards else self.by

    @classmethod
    def read(cls, asked: str, allowed: Collection[str]) -> "Order":
        """What is asked for; the first of those allowed for anything else."""
        by = asked.removeprefix("-")
        return cls(by, asked.startswith("-")) if by in allowed else cls(next(iter(allowed)))


def entries_shown(
    entries: QuerySet[Entry],
    counts: Counts,
    *,
    user: AbstractUser,
    outcome: str = "",
    order: Order,
    at: dt.datetime | None = None,
) -> QuerySet:
    """Those of the entries with this outcome, or all, in this order. `counts`: what they come to."""
    seen = seen_by(user, entries, at=at)
    has_come = Q(seen_from__lte=F("gate_time"))
    if outcome == AWAITED:
        seen = seen.filter(Q(seen_from=None) | ~has_come, grade=None, withdrawn=False)
    elif outcome == NOT_AVAILABLE:
        seen = seen.filter(has_come, grade=None, withdrawn=False)
    elif outcome == WITHDRAWN:
        seen = seen.filter(withdrawn=True)
    elif outcome:
        seen = seen.filter(grade=outcome)
    back = "-" if order.backwards else ""
    number, code = "candidate__number", "syllabus__code"
    if order.by == "outcome":
        seen = seen.annotate(place=_place(counts))
        place = F("place").desc(nulls_last=True) if back else F("place").asc(nulls_last=True)
        return seen.order_by(
            "syllabus__qualification__name", place, "withdrawn", number, code, "pk"
        )
    fields = {
        "number": (f"{back}{number}", code),
        "name": (f"{back}candidate__name", number, code),
        "syllabus": (f"{back}{code}", number),
    }
    return seen.order_by(*fields[order.by], "pk")


def candidates_found(
    candidates: QuerySet[Candidate], *, search: str = "", order: Order
) -> QuerySet[Candidate]:
    """Whom a search finds, by number, by name in any script or by UCI, or all, in this order."""
    back = "-" if order.backwards else ""
    wanted = finding(search, "number", "name", "uci")
    return candidates.filter(wanted).order_by(f"{back}{order.by}", "number")


def _place(counts: Counts) -> Case:
    """The place of an outcome among those that its qualification can have, best first; NULL of what may
    not be seen."""
    whens = [
        When(Q(syllabus__qualification__name=one.qualification, grade=grade), then=Value(place))
        for one in counts.distributions
        for place, grade in enumerate(one.order)
    ]
    whens.append(When(grade="", then=Value(0)))  # none has: but a condition there must be
    return Case(*whens, output_field=IntegerField())
