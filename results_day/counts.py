"""Results day, counted: who has seen results, and who could have and has not (rules 5, 6, 15 and 19).

Counted are the candidates who have access and a valid entry. *Can see* results who is entered for a
qualification whose time has come by the earlier of two clocks (`core.gate_clock`): the board's
release plus the centre's delay (`centres.terms`).
*Tried* and *seen* are of the candidate, with whichever letter: a new one makes neither undone. *Not
yet seen*: can see results, was never shown one, and has a login that works. Those without one are
counted apart, for they cannot look; they are on the list to telephone as well. So who can see results
has seen some, has not yet, or cannot look.

Only whether somebody looked is known here. No grade is read, and nothing is asked of holds.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from centres.models import Centre, Entry, Series
from centres.release_moments import Moment, moments
from centres.terms import Terms, terms_for_all
from core import gate_clock
from credentials.letters.counts import with_facts
from credentials.models import Credentials


@dataclass(frozen=True)
class Counts:
    """How many candidates have access, a login that works, have tried one, can see results by now,
    have seen some, and have not though they have a login."""

    with_access: int = 0
    letters: int = 0
    tried: int = 0
    can_see: int = 0
    seen: int = 0
    not_seen: int = 0

    @property
    def without_letter(self) -> int:
        return self.with_access - self.letters

    @property
    def cannot_look(self) -> int:
        """How many could see results by now, and have no login to do so."""
        return self.can_see - self.seen - self.not_seen

    @property
    def have_not_looked(self) -> int:
        return self.not_seen + self.cannot_look

    def __add__(self, other: "Counts") -> "Counts":
        names = [one.name for one in fields(Counts)]
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True)
class Row:
    """One centre on the day. `visible_from` is of the qualifications that its candidates enter."""

    centre: Centre
    visible_from: Mapping[str, dt.datetime]
    at: dt.datetime
    counts: Counts = field(default_factory=Counts)

    @property
    def moments(self) -> list[Moment]:
        """From when, by its own clock; a page of many centres shows the instants by one."""
        return moments(self.visible_from, self.centre)

    @property
    def begun(self) -> bool:
        """Whether anything can be seen there by now."""
        return any(instant <= self.at for instant in self.visible_from.values())

    @property
    def clock(self) -> str:
        """The time there: whether it is an hour at which to telephone."""
        return f"{self.at.astimezone(self.centre.zone):%H:%M}"


def with_associates(centre: Centre) -> QuerySet[Centre]:
    """The centre itself, and whatever is attached to it."""
    return Centre.objects.filter(Q(pk=centre.pk) | Q(main_link__main=centre))


def day_of(
    centres: QuerySet[Centre], series: Series, *, at: dt.datetime | None = None
) -> list[Row]:
    """A row for each of these centres that has access, in order of number (six queries)."""
    at = at or gate_clock.now()
    terms = terms_for_all(centres, series)
    entered = _entered(centres, series, terms)
    counts = _counts(series, terms, at)
    return [
        Row(centre=centre, visible_from=entered[centre.pk], at=at, counts=counts[centre.pk])
        for centre in centres.order_by("number")
        if terms[centre.pk].access
    ]


def total(rows: Iterable[Row]) -> Counts:
    return sum((row.counts for row in rows), start=Counts())


def attention_first(rows: Iterable[Row]) -> list[Row]:
    """Where most have not seen their results, with a letter or without, then where most letters are
    missing."""
    return sorted(rows, key=lambda row: (-row.counts.have_not_looked, -row.counts.without_letter))


def to_telephone(
    centres: QuerySet[Centre], series: Series, *, at: dt.datetime | None = None
) -> QuerySet:
    """The candidates whose time has come and who have not looked, by centre and number, with
    `has_login` and `tried`. Nobody is on it before the time; the board's holds are not asked (four
    queries)."""
    terms = terms_for_all(centres, series)
    candidates = _candidates(series, terms, at or gate_clock.now())
    have_not = candidates.filter(can_see=True, seen=False).select_related("centre")
    return have_not.order_by("centre__number", "number")


def _candidates(series: Series, terms: Mapping[int, Terms], at: dt.datetime) -> QuerySet:
    """Those who are counted, with `has_login`, `tried`, `seen` and `can_see`.

    The login that works is joined; only those that it replaced are looked for.
    """
    given = [pk for pk, of_centre in terms.items() if of_centre.access]
    replaced = Credentials.objects.filter(candidate=OuterRef("pk"), revoked_at__isnull=False)
    return (
        with_facts(Centre.objects.filter(pk__in=given), series, terms)
        .filter(has_access=True, has_entry=True)
        .annotate(
            tried=_is(
                Q(working__first_signed_in_at__isnull=False)
                | Exists(replaced.filter(first_signed_in_at__isnull=False))
            ),
            seen=_is(
                Q(working__results_first_seen_at__isnull=False)
                | Exists(replaced.filter(results_first_seen_at__isnull=False))
            ),
            can_see=_can_see(terms, at),
        )
    )


def _is(condition: Q | Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _can_see(terms: Mapping[int, Terms], at: dt.datetime) -> Case:
    """Whether the time has come for a qualification that a candidate is entered for.

    The centres' terms are known here, so the database need not find them for each candidate anew. Most
    centres share a delay, so there are few sets of qualifications whose time has come.
    """
    where = defaultdict(list)
    for pk, of_centre in terms.items():
        come = sorted(name for name, instant in of_centre.visible_from.items() if instant <= at)
        where[tuple(come)].append(pk)
    entered = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    return Case(
        *(
            When(
                Exists(entered.filter(syllabus__qualification__name__in=names)),
                centre__in=pks,
                then=Value(True),
            )
            for names, pks in where.items()
            if names
        ),
        default=Value(False),
    )


def _counts(series: Series, terms: Mapping[int, Terms], at: dt.datetime) -> Mapping[int, Counts]:
    """Centre's primary key -> its counts (one query, and few rows however many candidates)."""
    counts: dict[int, Counts] = defaultdict(Counts)
    facts = ("has_login", "tried", "can_see", "seen")
    rows = _candidates(series, terms, at).order_by().values_list("centre_id", *facts)
    for pk, letter, tried, can_see, seen, many in rows.annotate(Count("pk")):
        counts[pk] += Counts(
            with_access=many,
            letters=many * letter,
            tried=many * tried,
            can_see=many * can_see,
            seen=many * seen,
            not_seen=many * (letter and can_see and not seen),
        )
    return counts


def _entered(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> dict[int, dict[str, dt.datetime]]:
    """Centre's primary key -> `visible_from` of the qualifications with a valid entry there."""
    names = sorted({name for of_centre in terms.values() for name in of_centre.visible_from})
    entries = Entry.objects.valid().filter(
        candidate__centre=OuterRef("pk"), candidate__series=series
    )
    enters = {
        f"enters_{index}": Exists(entries.filter(syllabus__qualification__name=name))
        for index, name in enumerate(names)
    }
    return {
        pk: {
            name: terms[pk].visible_from[name]
            for name, is_entered in zip(names, entered, strict=True)
            if is_entered
        }
        for pk, *entered in centres.order_by().annotate(**enters).values_list("pk", *enters)
    }
