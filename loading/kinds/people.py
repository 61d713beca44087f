"""The candidates of entries.csv as people: a number given to somebody else, and a UCI that two have
(rules 22 and 23).

Whoever had a number is set aside, and whoever has it now begins anew: what hangs on the old one does
not pass on. Given back to the very same person, all of it is theirs again but the login, which has ended.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.utils import timezone

from centres import audit
from centres.models import AuditEvent, Candidate, Centre, Series
from centres.names import agree_in_given_names
from centres.persons import is_another, is_surely, may_be_another
from core.in_words import in_words
from loading.engine.cells import quoted
from loading.engine.report import Change, Outcome, Report, Row, Warned
from loading.engine.upsert import Key, Said, Upsert
from loading.kinds.lookups import candidates_numbered, set_aside_numbered

MOST_WITH_A_UCI = 10_000  # looked at in a batch, where a file gives one UCI to everybody


class Facts(NamedTuple):
    """What a row says of a person."""

    name: str
    date_of_birth: dt.date | None
    uci: str


class Candidates(Upsert[Candidate]):
    model = Candidate
    called = "candidate"
    columns = {"name": "candidate_name", "date_of_birth": "date_of_birth", "uci": "uci"}
    shared = True
    names = ("name",)

    def __init__(self, report: Report, claims: Any) -> None:
        super().__init__(report, claims)
        self.begun_at = timezone.now()
        self.given: Counter[tuple[int, int]] = Counter()  # numbers, by series and centre
        self._first: list[Said] = []  # of the batch
        self._reinstated: set[Key] = set()

    def find(self, keys: Collection[Key]) -> dict[Key, Any]:
        return {**candidates_numbered(keys, *self.columns)}

    def make(self, said: Said) -> Candidate:
        series, centre, number = said.key
        return Candidate(series_id=series, centre_id=centre, number=number, **said.values)

    def make_way(self, first: list[Said]) -> None:
        """Set aside the candidates whose numbers are now somebody else's."""
        self._first = first
        self._reinstated.clear()
        given = []
        for one in first:
            there, now = self.rows.get(one.key), Facts(**one.values)
            if there is None or now == there[-3:]:
                continue
            if is_another(there, now):
                given.append(one)
            elif may_be_another(there, now):
                self._warn(Warned.PERHAPS_ANOTHER, one, there)
        if given:
            self._give(given)

    def _give(self, given: list[Said]) -> None:
        before = {one.key: self.rows.pop(one.key) for one in given}
        Candidate.objects.filter(pk__in=[row.pk for row in before.values()]).set_aside(
            self.begun_at
        )
        former = set_aside_numbered(before, *self.columns)
        for one in given:
            self.given[one.key[:2]] += 1
            had_it = (row for row in former[one.key] if is_surely(row, Facts(**one.values)))
            if back := next(had_it, None):
                self.rows[one.key] = back
                self._reinstated.add(one.key)
            self._warn(Warned.REINSTATED if back else Warned.ANOTHER_PERSON, one, before[one.key])
            self._note(one, before[one.key])
        reinstated = [self.rows[key].pk for key in self._reinstated]
        Candidate.objects.filter(pk__in=reinstated).reinstate()

    def _outcome(self, one: Said) -> Outcome:
        return Outcome.CHANGED if one.key in self._reinstated else super()._outcome(one)

    def _note(self, one: Said, before: Any) -> None:
        if self.report.note:
            change = [
                (column, self.in_words(field, getattr(before, field)), self.in_words(field, now))
                for (field, column), now in zip(
                    self.columns.items(), one.values.values(), strict=True
                )
            ]
            self.report.note(Change(one.row, "person with this number", Outcome.CHANGED, change))

    def _warn(self, of: Warned, one: Said, before: Any) -> None:
        sentence = f"{one.key[2]} was {_said_of(before)}; now {_said_of(Facts(**one.values))}."
        self.report.warn(of, one.row.place, sentence)

    def store(self, said: Iterable[Said]) -> dict[Row, Outcome]:
        outcomes = super().store(said)
        self._look_at_ucis(
            [
                one
                for one in self._first
                if one.values["uci"] and outcomes[one.row] is not Outcome.UNCHANGED
            ]
        )
        return outcomes

    def _look_at_ucis(self, said: list[Said]) -> None:
        """Tell of each who shares a UCI with somebody who cannot be the same person (rule 23)."""
        if not said:
            return
        rows = Candidate.objects.filter(
            uci__in={one.values["uci"] for one in said}, centre__isnull=False
        ).order_by()
        holders: dict[str, list[Any]] = defaultdict(list)
        fields = ("series_id", "centre_id", "centre__number", "number")
        for row in rows.values_list(*fields, *self.columns, named=True)[:MOST_WITH_A_UCI]:
            holders[row.uci].append(row)
        for one in said:
            others = (row for row in holders[one.values["uci"]] if _key(row) != one.key)
            why = next(filter(None, (_why_not_one(one, row) for row in others)), "")
            if why:
                self.report.warn(Warned.SAME_UCI, one.row.place, why)

    def record(self, *, by: str) -> None:
        """In the trail of each centre, how many of its numbers were given to other people."""
        series = Series.objects.in_bulk({one for one, _ in self.given})
        centres = Centre.objects.in_bulk({centre for _, centre in self.given})
        AuditEvent.objects.bulk_create(
            audit.event(
                "numbers_given",
                by=by,
                centre=centres[centre],
                series=series[one],
                new={"candidate numbers": count},
            )
            for (one, centre), count in sorted(self.given.items())
        )


def _key(row: Any) -> Key:
    return row.series_id, row.centre_id, row.number


def _why_not_one(one: Said, row: Any) -> str:
    """Why the other with this UCI cannot be the same person, or an empty text."""
    facts = Facts(**one.values)
    other = f"{row.centre__number} {row.number} {quoted(row.name)}"
    if row.series_id == one.key[0]:
        return f"{facts.uci} is also the UCI of {other} in the same series."
    if facts.date_of_birth and row.date_of_birth and facts.date_of_birth != row.date_of_birth:
        return (
            f"{facts.uci} is also the UCI of {other} in another series, born {in_words(row.date_of_birth)}, "
            f"not {in_words(facts.date_of_birth)}."
        )
    if not agree_in_given_names(facts.name, row.name):
        return (
            f"{facts.uci} is also the UCI of {other} in another series, a name that does not agree."
        )
    return ""


def _said_of(person: Any) -> str:
    born, uci = in_words(person.date_of_birth) or "no date of birth", person.uci or "no UCI"
    return f"{quoted(person.name)}, {born}, {uci}"
