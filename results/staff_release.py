"""The gate before the grades for staff: what they may see, and from when.

Staff of a centre, viewers too, and those of its main centre see an outcome from the board's release
of its qualification to candidates; a delay is for candidates alone. Who may see results in confidence
sees it from the instant that the release gives for staff, where it gives one, and must not pass it on
before candidates are shown theirs. While the board holds it (`results.holds`), nobody sees it.

As in `results.release`, now is the earlier of two clocks (rule 25), and the rule is the condition on
which a result is joined at all: what may not be seen yet, or not by this person, does not leave the
database. Nothing reads a grade for staff but through `seen_by`, whose entries may be those of any
centres: each is judged by itself.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import (
    Case,
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

from centres.access import confided_centres, viewed_centres
from centres.grades import printed
from centres.models import Candidate, Centre, Entry, Release, Series
from core.gate_clock import gate_time
from results.components import Components
from results.holds import Levels, is_held

# Which result an entry of the query speaks of, for `results.holds`.
WHOSE: Levels = {
    "series": OuterRef("candidate__series"),
    "centre": OuterRef("candidate__centre"),
    "candidate": OuterRef("candidate"),
    "qualification": OuterRef("syllabus__qualification"),
    "entry": OuterRef("pk"),
}
AWAITED = "Results to be released"
NOT_AVAILABLE = "Not available yet"  # its release has come; missing and held read alike
NOT_STORED = Q(result__isnull=True)  # tells no more than that
AT_ONCE = 2000  # rows that are in memory while many are read
MOMENTS = ("seen_from", "gate_time", "candidates_at")  # by which an outcome is shown, or awaited
NAMED_AS = {  # what an outcome names, and where it stands
    "centre": F("candidate__centre__number"),
    "number": F("candidate__number"),
    "name": F("candidate__name"),
    "uci": F("candidate__uci"),
    "entry": F("pk"),
    "code": F("syllabus__code"),
    "title": F("syllabus__title"),
    "qualification": F("syllabus__qualification__name"),
    "option": F("option_code"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """An entry, and what came of it. Without a grade it reads “Results to be released”, or, once this person
    would see it, “Not available yet”. `grade` is as Cambridge prints it, `plain_grade` as its qualification
    has it: `A*(a*)`, and `A*`.

    `awaited_at` is the instant (UTC) from which this person may see it, while it lies ahead;
    `restricted_until` that of the release to candidates, while only staff with the right may see it.
    """

    centre: str
    candidate: int
    number: str
    name: str
    uci: str
    entry: int
    code: str
    title: str
    qualification: str
    option: str
    withdrawn: bool
    awaited_at: dt.datetime | None
    restricted_until: dt.datetime | None
    not_available: bool
    grade: str | None
    pum: int | None
    plain_grade: str | None = None
    components: Components = ()

    @property
    def words(self) -> str:
        """The grade, or what stands in its place."""
        return self.grade or (NOT_AVAILABLE if self.not_available else AWAITED)


def outcomes_for(
    centre: Centre,
    series: Series,
    *,
    user: AbstractUser,
    candidates: Iterable[Candidate] | None = None,
    at: dt.datetime | None = None,
) -> list[Outcome]:
    """Every entry of the centre in the series, or of these of its candidates, in order of candidate
    number and syllabus code, with all that this person may see (one query)."""
    entries = Entry.objects.filter(candidate__centre=centre, candidate__series=series)
    if candidates is not None:
        entries = entries.filter(candidate__in=[candidate.pk for candidate in candidates])
    return list(outcomes_of(entries, user=user, at=at))


def outcomes_of(
    entries: QuerySet[Entry], *, user: AbstractUser, at: dt.datetime | None = None
) -> Iterator[Outcome]:
    """These entries, of whatever centres, in order of centre, candidate number and syllabus code,
    with all that this person may see (one query, read as it is asked for: memory stays flat)."""
    for row in _rows(entries, user, at).iterator(chunk_size=AT_ONCE):
        yield _outcome(row)


def seen_by(
    user: AbstractUser, entries: QuerySet[Entry], *, at: dt.datetime | None = None
) -> QuerySet:
    """These entries, each with `candidates_at`, `seen_from` (NULL: never) and `held`; with `gate_time`,
    the instant by which the gate decides; and with `seen`, its result, which is joined only when this
    person may see it at that instant: `grade`, `pum` and `components` are NULL until then."""
    now = gate_time(at or timezone.now())
    release = Release.objects.filter(
        series=OuterRef("candidate__series"), qualification=OuterRef("syllabus__qualification")
    ).order_by()
    return (
        entries.annotate(
            candidates_at=Subquery(release.values("candidates_at")),
            staff_at=Subquery(release.values("staff_at")),
            held=is_held(**WHOSE),
        )
        .annotate(seen_from=_seen_from(user))
        .annotate(
            seen=FilteredRelation(
                "result", condition=Q(seen_from__lte=now, held=False, withdrawn=False)
            )
        )
        .annotate(
            gate_time=now,
            grade=F("seen__grade"),
            pum=F("seen__pum"),
            components=F("seen__components"),
        )
    )


def _seen_from(user: AbstractUser) -> Expression:
    """The rule: from when this person sees the outcomes of a release; NULL, never, for a stranger."""
    return Case(
        When(
            candidate__centre__in=confided_centres(user).values("pk"),
            then=Coalesce("staff_at", "candidates_at"),
        ),
        When(
            candidate__centre__in=viewed_centres(user).order_by().values("pk"),
            then=F("candidates_at"),
        ),
    )


def _rows(entries: QuerySet[Entry], user: AbstractUser, at: dt.datetime | None = None) -> QuerySet:
    """All that leaves the database."""
    return (
        seen_by(user, entries, at=at)
        .order_by("candidate__centre__number", "candidate__number", "syllabus__code")
        .values("candidate", "withdrawn", "grade", "pum", "components", *MOMENTS, **NAMED_AS)
    )


def _outcome(row: dict[str, Any]) -> Outcome:
    seen_from, now, candidates_at = map(row.pop, MOMENTS)
    restricted = seen_from and seen_from <= now < candidates_at
    not_available = seen_from and seen_from <= now and not (row["grade"] or row["withdrawn"])
    row["plain_grade"] = row["grade"] or None
    row["grade"] = printed(row["grade"]) if row["grade"] else None
    row["components"] = row["components"] or ()
    return Outcome(
        **row,
        awaited_at=seen_from if seen_from and seen_from > now else None,
        restricted_until=candidates_at if restricted else None,
        not_available=bool(not_available),
    )
