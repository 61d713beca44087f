"""The candidate's page: the lines of `results.release`, when, and whom to ask (rules 18 to 21).

A part for each series in which the candidate has a live login: the one that was logged in with first.
What has come, or changed, since results were looked at before this visit is marked.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from candidate_site.explanations import NAMES, explained, named
from centres.models import Candidate
from centres.release_moments import Moment, moments
from centres.terms import Contact
from core.prepared_queries import PreparedWithRows
from credentials.logins.authentication import STILL_SIGNED_IN, holder_in
from credentials.logins.same_person import other_series
from credentials.models import Credentials
from results.release import ROWS, Line, lines_in, results_for

LONG = len("A*(a*)")  # of a grade in large letters


@dataclass(frozen=True)
class Row:
    """A line, its grade in words that need no explanation, and whether it is news to its reader."""

    line: Line
    grade: str
    explanation: str
    is_new: bool

    @property
    def in_words(self) -> bool:
        """Whether the outcome is said in words, which a browser may translate, and is no grade."""
        return self.line.kind in NAMES

    @property
    def is_long(self) -> bool:
        """Whether it needs smaller letters beside the name of its syllabus: “UNGRADED”, and words."""
        return self.in_words or len(self.grade) > LONG


@dataclass(frozen=True)
class Part:
    """One series: its table, and the moments that are still awaited."""

    credentials: Credentials
    rows: list[Row]
    moments: list[Moment]

    @property
    def candidate(self) -> Candidate:
        return self.credentials.candidate

    @property
    def shows_a_grade(self) -> bool:
        return any(row.grade for row in self.rows)

    @property
    def has_shown(self) -> bool:
        """Whether a grade shows, or one was seen that cannot be shown any more."""
        return any(row.grade or row.line.cannot_be_shown for row in self.rows)

    @property
    def codes_shown(self) -> list[str]:
        return [row.line.code for row in self.rows if row.grade]

    @property
    def awaits(self) -> bool:
        """Whether to say above the table when: there are entries, and of those some or all to come."""
        return bool(self.rows) and (bool(self.moments) or not self.has_shown)

    @property
    def awaits_several(self) -> bool:
        return self.has_shown or len(self.moments) > 1

    @property
    def is_late(self) -> bool:
        """Whether a time has come and nothing of this part, nor a time to come, can be shown."""
        late = any(row.line.not_available for row in self.rows)
        return late and not self.moments and not self.has_shown

    @property
    def released_at(self) -> dt.datetime | None:
        """When what shows was released, where that was one instant for all of it."""
        instants = {row.line.visible_from for row in self.rows if row.grade}
        return instants.pop() if len(instants) == 1 else None

    @property
    def shows_a_pum(self) -> bool:
        return any(row.line.pum is not None for row in self.rows)


@dataclass(frozen=True)
class Page:
    """`at` is the instant by which it was decided what shows (`core.gate_clock`)."""

    parts: list[Part]
    at: dt.datetime

    @property
    def shows_a_grade(self) -> bool:
        return any(part.shows_a_grade for part in self.parts)

    @property
    def only_awaits(self) -> bool:
        """Whether nothing has come yet: no grade, and no time."""
        return not any(part.has_shown or part.is_late for part in self.parts)

    @property
    def of_several_series(self) -> bool:
        return len(self.parts) > 1

    @property
    def first(self) -> Part:
        return self.parts[0]

    @property
    def contacts(self) -> list[Contact]:
        """Each of them once, in order."""
        return list(dict.fromkeys(part.credentials.contact for part in self.parts))


@dataclass(frozen=True)
class SignedIn:
    """Whoever is signed in, and the lines of the own series as they held at that instant."""

    holder: Credentials
    lines: list[Line]
    at: dt.datetime


def signed_in(credentials_id: UUID, issue_number: int, visits_ended: int) -> SignedIn | None:
    """The same checks as `still_signed_in`, and what it shows, asked in one query on PostgreSQL."""
    at = timezone.now()
    cookie = {"pk": credentials_id, "issue": issue_number, "ended": visits_ended}
    row, rows = SIGNED_IN.ask(**cookie, at=at)
    if row is None:
        return None
    holder = holder_in(row)
    return SignedIn(holder, lines_in(rows, holder.candidate), at)


GIVEN = {
    "candidate": "candidate__id",
    "centre": "candidate__centre__id",
    "series": "candidate__series__id",
}
SIGNED_IN = PreparedWithRows(STILL_SIGNED_IN, ROWS, GIVEN)


def page_for(signed_in: SignedIn, *, seen_before: float | None = None) -> Page:
    """The whole of it as it holds now, whatever the letter printed (rule 12). Where the same person has logins
    in other series: one query for each of them and one to find them.

    `seen_before`: when results were looked at before this visit, in seconds since 1970.
    """
    holder, at = signed_in.holder, signed_in.at
    parts = [_part(holder, signed_in.lines, seen_before)]
    for other in other_series(holder) if holder.has_other_series else []:
        parts.append(_part(other, results_for(other.candidate, at=at), seen_before))
    decided = (row.line.gate_time for part in parts for row in part.rows)
    return Page(parts, min(decided, default=at))


def _part(holder: Credentials, lines: list[Line], seen_before: float | None) -> Part:
    rows = [_row(line, seen_before) for line in lines]
    return Part(holder, rows, moments(_awaited(lines), holder.candidate.centre))


def _row(line: Line, seen_before: float | None) -> Row:
    since = line.shown_since.timestamp() if line.shown_since else 0
    is_new = bool(seen_before) and since > (seen_before or 0)
    return Row(line, named(line), explained(line), is_new)


def _awaited(lines: Iterable[Line]) -> dict[str, dt.datetime]:
    return {line.qualification: line.awaited_at for line in lines if line.awaited_at}


def dialled(telephone: str) -> str:
    """The number that a telephone dials: “+44 (0)1223 000000, ext. 5” -> `+441223000000`."""
    number = telephone.strip()
    if number.startswith("+"):
        number = number.replace("(0)", "")
    digits = []
    for symbol in number:
        if symbol.isalpha() or symbol in ",;/":
            break
        digits.append(str(unicodedata.decimal(symbol, "")))
    return ("+" if number.startswith("+") else "") + "".join(digits)
