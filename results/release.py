"""The gate before the grades for candidates: what they may see, and from when (rules 18, 19, 21, 25).

A result shows once `now >= release of its qualification in that series + the centre's delay`,
unless the board holds it (`results.holds`). Whether the candidate's login lives, and whether there is access, is
asked before, at each request (`candidate_site.session`). Now is the earlier of two clocks (`core.gate_clock`,
rule 25). The comparison is the condition on which a result is joined at all: a grade, a PUM or the date
of a correction that may not be seen yet does not leave the database. Nothing else in this project reads
a grade for a candidate.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigAutoField,
    Case,
    DateTimeField,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils import timezone

from centres.grades import kind_of, printed
from centres.models import Candidate, Entry, Release
from centres.terms import terms_of, visible_from
from core.gate_clock import gate_time
from core.prepared_queries import Parameter, Prepared
from credentials.logins.authentication import was_seen
from results.holds import Levels, is_held, last_let_go
from results.models import ResultChange


@dataclass(frozen=True)
class Line:
    """One syllabus of a candidate. Without a grade it reads “Results to be released”, and from its time on
    “Not available yet”; once it has been seen, that it cannot be shown at present.

    `visible_from` is the instant (UTC) of the board's release plus the delay, None where the board
    has set no release. `awaited_at` is the same while it lies ahead: what the candidate is told.
    `gate_time` is the instant by which the gate decided this.
    `grade` is as Cambridge prints it, `kind` what `centres.grades.kind_of` says of it. `shown_since`:
    from when this very grade could be seen (`came_at`: its release, or when it was loaded or a hold on it let
    go; or its correction), None without one. `was_seen`: whether the candidate has seen a grade here, with
    whatever login.
    """

    code: str
    title: str
    qualification: str
    option: str
    visible_from: dt.datetime | None
    awaited_at: dt.datetime | None
    gate_time: dt.datetime
    grade: str | None
    pum: int | None
    changed_on: dt.date | None
    was_seen: bool
    kind: str = ""
    shown_since: dt.datetime | None = None
    came_at: dt.datetime | None = None

    @property
    def cannot_be_shown(self) -> bool:
        """Whether the candidate has seen it and it cannot be shown any more."""
        return self.was_seen and self.grade is None and self.awaited_at is None

    @property
    def not_available(self) -> bool:
        """Whether its time has come and nothing can be shown. What has no result and what is held read
        alike."""
        came = self.visible_from is not None and self.awaited_at is None
        return came and self.grade is None and not self.cannot_be_shown


def results_for(candidate: Candidate, *, at: dt.datetime | None = None) -> list[Line]:
    """A line for each valid entry, in order of syllabus code (one query)."""
    at = at or timezone.now()
    rows = ROWS.rows(
        candidate=candidate.pk, centre=candidate.centre_id, series=candidate.series_id, at=at
    )
    return lines_in(rows, candidate)


def lines_in(rows: Iterable[dict[str, Any]], candidate: Candidate) -> list[Line]:
    """The lines of what ROWS has given."""
    return [_line(row, candidate) for row in rows]


def _rows() -> QuerySet:
    """All that leaves the database: `grade` and all that is told of it is NULL until it may be seen."""
    candidate, centre, series = (
        Parameter(name, BigAutoField()) for name in ("candidate", "centre", "series")
    )
    now = gate_time(Parameter("at", DateTimeField()))
    release = Release.objects.filter(
        series=series, qualification=OuterRef("syllabus__qualification")
    ).order_by()
    corrections = ResultChange.objects.filter(result=OuterRef("seen__pk")).order_by("-at")
    terms = terms_of(centre, series)
    whose: Levels = {
        "series": series,
        "centre": centre,
        "candidate": candidate,
        "qualification": OuterRef("syllabus__qualification"),
        "entry": OuterRef("pk"),
    }
    return (
        Entry.objects.valid()
        .filter(candidate=candidate)
        .annotate(
            candidates_at=Subquery(release.values("candidates_at")),
            terms_delay=terms["terms_delay"],
            held=is_held(**whose),
        )
        .annotate(visible_from=visible_from())
        .annotate(
            seen=FilteredRelation(
                "result",
                condition=Q(visible_from__lte=now, held=False),
            )
        )
        .annotate(
            gate_time=now,
            grade=F("seen__grade"),
            pum=F("seen__pum"),
            added_at=F("seen__added_at"),
            corrected_at=Subquery(corrections.values("at")[:1]),
            let_go_at=Case(When(seen__pk__isnull=False, then=last_let_go(**whose))),
            was_seen=was_seen(candidate, OuterRef("syllabus__code")),
        )
        .order_by("syllabus__code")
        .values(
            *(
                "visible_from",
                "gate_time",
                "grade",
                "pum",
                "added_at",
                "corrected_at",
                "let_go_at",
                "was_seen",
            ),
            code=F("syllabus__code"),
            title=F("syllabus__title"),
            qualification=F("syllabus__qualification__name"),
            option=F("option_code"),
        )
    )


ROWS = Prepared(_rows)


def _line(row: dict[str, Any], candidate: Candidate) -> Line:
    row = {**row}  # what the query gave stays as it is
    visible, now, grade = row["visible_from"], row["gate_time"], row.pop("grade")
    added, corrected, let_go = map(row.pop, ("added_at", "corrected_at", "let_go_at"))
    # Of what was corrected before it could be seen, nobody is told that it was ever another.
    came = max(filter(None, (visible, added, let_go))) if grade else None
    changed = corrected if came and corrected and corrected >= came else None
    return Line(
        **row,
        awaited_at=visible if visible and visible > now else None,
        grade=printed(grade) if grade else None,
        changed_on=changed.astimezone(candidate.centre.zone).date() if changed else None,
        kind=kind_of(grade) if grade else "",
        shown_since=changed or came,
        came_at=came,
    )
