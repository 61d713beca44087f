"""The history of a result, for staff: what it was, what it became, when and why (rule 21); and that it came
late, if it could be seen only after others of its release.

Read through the staff's gate (`results.staff_release`): of a result that this person may not see now
nothing is told; of what was corrected before it could be seen – before its release, before it was
loaded again, or while the board held it – nobody is told that it was ever another. What was let go by
the board comes as what is loaded late does: nobody is told that it was held. What comes with its release is no
news. `results.release` says to candidates from when a result is shown by the same rule.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import F, Q, QuerySet

from centres.grades import printed
from centres.models import Entry, Release, Series
from results.holds import last_let_go, were_let_go
from results.models import ResultChange
from results.staff_release import NAMED_AS, NOT_AVAILABLE, WHOSE, seen_by

CAME_LATE = "Came late"
AT_ONCE = 500  # entries, which the gate is asked about together
NONE = 0  # no entry has this primary key
ORDER = ("candidate__centre__number", "candidate__number", "syllabus__code")
WHICH = {name: NAMED_AS[name] for name in ("centre", "number", "name", "entry", "code", "title")}


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: at an instant (UTC), from the old grade and PUM to the new. Or, from “Not available
    yet”, that it came late. Grades as Cambridge prints them; plain, as their qualification has them."""

    centre: str
    number: str
    name: str
    entry: int
    code: str
    title: str
    at: dt.datetime
    reason: str
    old_grade: str
    old_pum: int | None
    new_grade: str
    new_pum: int | None
    old_plain: str
    new_plain: str


def changes_of(
    entries: QuerySet[Entry],
    series: Series,
    *,
    user: AbstractUser,
    since: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Iterator[Change]:
    """What changed of these entries of a series, since this instant if one is given, in order of centre,
    candidate and syllabus, the latest first of each (three queries; one more for each AT_ONCE entries
    beyond the first of which there may be something to tell)."""
    found = entries.filter(_may_tell(series, since)).order_by(*ORDER).values_list("pk", flat=True)
    for pks in _portions(found.iterator()):
        for _, of_one in groupby(_told(pks, user, since, at), key=itemgetter("entry")):
            yield from _history(of_one, since)


def _portions(pks: Iterator[int]) -> Iterator[list[int]]:
    """The gate is asked when there are none as well: to count the queries tells nobody that there is
    something which may not be seen yet."""
    yield list(islice(pks, AT_ONCE)) or [NONE]
    while portion := list(islice(pks, AT_ONCE)):
        yield portion


def _may_tell(series: Series, since: dt.datetime | None) -> Q:
    """The few of which there may be something to tell, whoever may see it: to ask the gate of every
    entry of a large board takes seconds (one query)."""
    corrected = ResultChange.objects.filter(result__entry__candidate__series=series)
    if since:
        corrected = corrected.filter(at__gte=since)
    these = Q(pk__in=corrected.values("result__entry")) | were_let_go(series, since=since)
    for release in Release.objects.filter(series=series):
        first = min(filter(None, (release.candidates_at, release.staff_at)))
        late = Q(
            syllabus__qualification=release.qualification_id,
            result__added_at__gt=first,
            result__added_at__gte=since or first,
        )
        these |= late
    return these


def _told(
    pks: list[int], user: AbstractUser, since: dt.datetime | None, at: dt.datetime | None
) -> Iterator[Any]:
    """A row for each correction, or one for a result without any, that this person may see."""
    return (
        seen_by(user, Entry.objects.filter(pk__in=pks), at=at)
        .annotate(
            let_go_at=last_let_go(**WHOSE),
            added_at=F("seen__added_at"),
            change=F("seen__changes__pk"),
            changed_at=F("seen__changes__at"),
            reason=F("seen__changes__reason"),
            old_grade=F("seen__changes__old_grade"),
            old_pum=F("seen__changes__old_pum"),
        )
        .filter(_was_corrected(since) | _came_late(since), grade__isnull=False)
        .order_by(*ORDER, "-changed_at", "-change")
        .values(
            *("seen_from", "added_at", "let_go_at", "changed_at", "reason"),
            *("old_grade", "old_pum", "grade", "pum"),
            **WHICH,
        )
        .iterator()
    )


def _was_corrected(since: dt.datetime | None) -> Q:
    """When it could be seen."""
    after_all = Q(changed_at__gte=F("seen_from")) & Q(changed_at__gte=F("added_at"))
    told = after_all & (Q(let_go_at=None) | Q(changed_at__gte=F("let_go_at")))
    return told & Q(changed_at__gte=since) if since else told


def _came_late(since: dt.datetime | None) -> Q:
    late = Q()
    for came in ("added_at", "let_go_at"):
        this = Q((f"{came}__gt", F("seen_from")))
        late |= this & Q((f"{came}__gte", since)) if since else this
    return late


def _history(rows: Iterator[Any], since: dt.datetime | None) -> Iterator[Change]:
    """The changes of one result, latest first. A correction's new grade is the old grade of the next one,
    or the grade now. The grade that came late is the old grade of the first correction after it."""
    first = next(rows)
    which = [first[name] for name in WHICH]
    seen_from, grade, pum = first["seen_from"], first["grade"], first["pum"]
    came = max(filter(None, (seen_from, first["added_at"], first["let_go_at"])))
    for row in chain([first], rows):
        if (at := row["changed_at"]) and at >= came:
            old, old_pum = row["old_grade"], row["old_pum"]
            told = (printed(old), old_pum, printed(grade), pum, old, grade)
            yield Change(*[*which, at, row["reason"], *told])
            grade, pum = old, old_pum
    if came > seen_from and (since is None or came >= since):
        told = (NOT_AVAILABLE, None, printed(grade), pum, "", grade)
        yield Change(*[*which, came, CAME_LATE, *told])
