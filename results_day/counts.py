"""Results day, counted: who has seen results, and who could have and has not (rules 5, 6, 15 and 19).

Counted are the candidates who have access and a valid entry. *Can see* results who is entered for a
qualification whose time has come by the earlier of two clocks (`core.gate_clock`): the board's
release plus the centre's delay (`centres.terms`).
*Tried* and *seen* are of the candidate, with whichever letter: a new one makes neither undone. *Not
yet seen*: can see results and was never shown one, with a letter or without; these are the call list.
*Not yet open*: nothing that the candidate is entered for can be seen by now.

Only whether somebody looked is known here. No grade is read, and nothing is asked of holds.
"""

import datetime as dt
from collections import Counter, defaultdict
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
    """How many candidates have access, and a login that works; of how many results can be seen by now; how
    many of these have seen some, and how many of the others have never tried a login."""

    with_access: int = 0
    letters: int = 0
    can_see: int = 0
    seen: int = 0
    never_tried: int = 0

    @property
    def without_letter(self) -> int:
        return self.with_access - self.letters

    @property
    def not_seen(self) -> int:
        return self.can_see - self.seen

    @property
    def not_open(self) -> int:
        return self.with_access - self.can_see

    @property
    def share(self) -> str:
        """“77.6 %” of those who can see theirs; not 100 while anybody is missing."""
        return f"{self.seen * 1000 // self.can_see / 10:.1f} %" if self.can_see else ""

    def __add__(self, other: "Counts") -> "Counts":
        names = [one.name for one in fields(Counts)]
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True)
class Row:
    """One centre on the day. `visible_from` is of the qualifications that its candidates enter; `delay` is
    in it already."""

    centre: Centre
    visible_from: Mapping[str, dt.datetime]
    delay: dt.timedelta
    at: dt.datetime
    counts: Counts = field(default_factory=Counts)

    @property
    def moments(self) -> list[Moment]:
        """From when, by its own clock; a page of many centres shows the instants by one."""
        return moments(self.visible_from, self.centre)

    @property
    def opens(self) -> dt.datetime | None:
        """The latest instant that has come, or the first that is to come."""
        come = [instant for instant in self.visible_from.values() if instant <= self.at]
        return max(come, default=None) or min(self.visible_from.values(), default=None)

    @property
    def then(self) -> dt.datetime | None:
        """When the next qualification can be seen, after that."""
        after = (at for at in self.visible_from.values() if self.opens and at > self.opens)
        return min(after, default=None)

    @property
    def begun(self) -> bool:
        """Whether anything can be seen there by now."""
        return any(instant <= self.at for instant in self.visible_from.values())


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
        Row(
            centre=centre,
            visible_from=entered[centre.pk],
            delay=terms[centre.pk].delay,
            at=at,
            counts=counts[centre.pk],
        )
        for centre in centres.order_by("number")
        if terms[centre.pk].access
    ]


def total(rows: Iterable[Row]) -> Counts:
    return sum((row.counts for row in rows), start=Counts())


def opening_in(rows: Iterable[Row], *, since: dt.datetime) -> dt.datetime | None:
    """The instant since then at which results could first be seen where most candidates have access: the one
    to mark in a drawing of that time."""
    opened: Counter[dt.datetime] = Counter()
    for row in rows:
        for instant in set(row.visible_from.values()):
            if since <= instant <= row.at and row.counts.with_access:
                opened[instant] += row.counts.with_access
    return max(opened, key=lambda instant: (opened[instant], -instant.timestamp()), default=None)


def to_call(
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
            can_see=many * can_see,
            seen=many * (can_see and seen),
            never_tried=many * (can_see and not seen and not tried),
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
