"""The gate before the grades for staff: what they may see, and from when.

Staff of a centre, viewers too, and those of its main centre see an outcome from the board's release
of its qualification to candidates; a delay is for candidates alone. Who may see results in confidence
sees it from the instant that the release gives for staff, where it gives one, and must not pass it on
before candidates are shown theirs. While the board holds it (`results.holds`), nobody sees it.

As in `results.release`, the rule is the condition on which a result is joined at all: what may not
be seen yet, or not by this person, does not leave the database. Nothing else reads a grade for staff.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Exists,
    Expression,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres.grades import printed
from centres.models import Candidate, Centre, Entry, Membership, Release, Series, User
from results.holds import is_held


@dataclass(frozen=True)
class Outcome:
    """An entry, and what came of it. Without a grade it reads “Results to be released”.

    `awaited_at` is the instant (UTC) from which this person may see it, while it lies ahead;
    `restricted_until` that of the release to candidates, while only staff with the right may see it.
    """

    number: str
    name: str
    code: str
    title: str
    qualification: str
    option: str
    withdrawn: bool
    awaited_at: dt.datetime | None
    restricted_until: dt.datetime | None
    grade: str | None
    pum: int | None


def outcomes_for(
    centre: Centre,
    series: Series,
    *,
    user: User,
    candidates: Iterable[Candidate] | None = None,
    at: dt.datetime | None = None,
) -> list[Outcome]:
    """Every entry of the centre in the series, or of these of its candidates, in order of candidate
    number and syllabus code, with all that this person may see (one query)."""
    at = at or timezone.now()
    entries = Entry.objects.filter(candidate__centre=centre, candidate__series=series)
    if candidates is not None:
        entries = entries.filter(candidate__in=[candidate.pk for candidate in candidates])
    return [_outcome(row, at) for row in _rows(entries, centre, series, user, at)]


def _rows(
    entries: QuerySet[Entry], centre: Centre, series: Series, user: User, at: dt.datetime
) -> QuerySet:
    """All that leaves the database: `grade` and `pum` are NULL until they may be seen."""
    release = Release.objects.filter(
        series=series, qualification=OuterRef("syllabus__qualification")
    ).order_by()
    return (
        entries.annotate(
            candidates_at=Subquery(release.values("candidates_at")),
            staff_at=Subquery(release.values("staff_at")),
            held=is_held(
                series=series,
                centre=centre,
                candidate=OuterRef("candidate"),
                qualification=OuterRef("syllabus__qualification"),
                entry=OuterRef("pk"),
            ),
        )
        .annotate(seen_from=_seen_from(user, centre))
        .annotate(
            seen=FilteredRelation(
                "result", condition=Q(seen_from__lte=at, held=False, withdrawn=False)
            )
        )
        .annotate(grade=F("seen__grade"), pum=F("seen__pum"))
        .order_by("candidate__number", "syllabus__code")
        .values(
            "candidate__number",
            "candidate__name",
            "syllabus__code",
            "syllabus__title",
            "syllabus__qualification__name",
            "option_code",
            "withdrawn",
            "candidates_at",
            "seen_from",
            "grade",
            "pum",
        )
    )


def _seen_from(user: User, centre: Centre) -> Expression:
    """The rule: from when this person sees the outcomes of a release; NULL, never, for a stranger."""
    staff = Membership.objects.of(user).acting_for(centre)
    return Case(
        When(
            Exists(staff.filter(may_see_restricted_results=True)),
            then=Coalesce("staff_at", "candidates_at"),
        ),
        When(Exists(staff), then=F("candidates_at")),
    )


def _outcome(row: dict[str, Any], at: dt.datetime) -> Outcome:
    seen_from, candidates_at = row["seen_from"], row["candidates_at"]
    restricted = seen_from and seen_from <= at < candidates_at
    return Outcome(
        number=row["candidate__number"],
        name=row["candidate__name"],
        code=row["syllabus__code"],
        title=row["syllabus__title"],
        qualification=row["syllabus__qualification__name"],
        option=row["option_code"],
        withdrawn=row["withdrawn"],
        awaited_at=seen_from if seen_from and seen_from > at else None,
        restricted_until=candidates_at if restricted else None,
        grade=printed(row["grade"]) if row["grade"] else None,
        pum=row["pum"],
    )
