"""The history of a result, for staff: what it was, what it became, when and why (rule 21).

Read through the staff's gate (`results.staff_release`): of a result that this person may not see now
nothing is told; of what was corrected before it could be seen – before its release, before it was
loaded again, or while the board held it – nobody is told that it was ever another.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from centres.grades import printed
from centres.models import Entry, Series, User
from results.holds import last_let_go
from results.models import ResultChange
from results.staff_release import WHOSE, seen_by


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: at an instant (UTC), from the old grade and PUM to the new."""

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


def changes_of(
    entries: QuerySet[Entry],
    *,
    user: User,
    since: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Iterator[Change]:
    """The corrections of these entries, since this instant if one is given, in order of centre,
    candidate and syllabus, the latest first of each (one query)."""
    rows = (
        seen_by(user, entries, at=at)
        .annotate(
            let_go_at=last_let_go(**WHOSE),
            added_at=F("seen__added_at"),
            change=F("seen__changes__pk"),
            changed_at=F("seen__changes__at"),
            reason=F("seen__changes__reason"),
            old_grade=F("seen__changes__old_grade"),
            old_pum=F("seen__changes__old_pum"),
        )
        .filter(
            Q(let_go_at=None) | Q(changed_at__gte=F("let_go_at")),
            changed_at__gte=F("seen_from"),
            added_at__lte=F("changed_at"),
        )
        .order_by(
            "candidate__centre__number",
            "candidate__number",
            "syllabus__code",
            "-changed_at",
            "-change",
        )
    )
    if since:
        rows = rows.filter(changed_at__gte=since)
    yield from _chained(rows)


def corrected_in(series: Series) -> QuerySet[Entry]:
    """The entries of a series of which a result was ever corrected, whoever may see that: few, for
    `changes_of` to judge."""
    changes = ResultChange.objects.filter(result__entry__candidate__series=series)
    return Entry.objects.filter(pk__in=changes.values("result__entry"))


def _chained(rows: QuerySet) -> Iterator[Change]:
    """What a correction made of a result is what the next one found, or what it is now."""
    entry = None
    for row in rows.values_list(
        "pk",
        "candidate__centre__number",
        "candidate__number",
        "candidate__name",
        "syllabus__code",
        "syllabus__title",
        "changed_at",
        "reason",
        "old_grade",
        "old_pum",
        "grade",
        "pum",
        named=True,
    ).iterator():
        if row.pk != entry:
            entry, new_grade, new_pum = row.pk, row.grade, row.pum
        yield Change(
            centre=row.candidate__centre__number,
            number=row.candidate__number,
            name=row.candidate__name,
            entry=row.pk,
            code=row.syllabus__code,
            title=row.syllabus__title,
            at=row.changed_at,
            reason=row.reason,
            old_grade=printed(row.old_grade),
            old_pum=row.old_pum,
            new_grade=printed(new_grade),
            new_pum=new_pum,
        )
        new_grade, new_pum = row.old_grade, row.old_pum
