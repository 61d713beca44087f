"""Create what is new, change what differs, leave the rest: rows of one model, a batch at a time.

What is to change is locked, read again and compared again, before it is said what changes and what it
was: somebody else may have changed it since it was found. Rows that stay as they are lock nobody out.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from copy import copy
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from django.db import IntegrityError, models

from core.in_words import in_words
from loading.engine import spoilt_names
from loading.engine.cells import legible, normalised, quoted
from loading.engine.contradictions import Claims, Earlier
from loading.engine.report import Change, Outcome, Report, Row

M = TypeVar("M", bound=models.Model)
Key = tuple[Any, ...]

DISAGREES = "{} says something else of the same {}. Keep what is right in both."


class Said(NamedTuple):
    """What a row of the file says of one row of the database: its natural key, its fields' values."""

    row: Row
    key: Key
    values: dict[str, Any]


class Upsert(ABC, Generic[M]):
    """Stores what a file says of one model. `called` is our word for such a row, `columns` gives a
    field's column in the file; `shared`: several rows of a file speak of the same one."""

    model: type[M]
    called: ClassVar[str]
    columns: ClassVar[dict[str, str]]
    shared: ClassVar[bool] = False
    names: ClassVar[tuple[str, ...]] = ()  # fields in which a spoilt letter is told

    def __init__(self, report: Report, claims: Claims) -> None:
        self.report = report
        self.claims = claims
        self.rows: dict[Key, Any] = {}
        # Of the last batch, for who wants to know: what was there and what is said; what was created or
        # changed.
        self.changed: list[tuple[Any, Said]] = []
        self.touched: list[Said] = []

    @abstractmethod
    def find(self, keys: Collection[Key]) -> dict[Key, Any]:
        """The rows that are there, by natural key: anything with `pk` and the fields."""

    @abstractmethod
    def make(self, said: Said) -> M:
        """A new row, not yet stored."""

    def create(self, new: list[Said]) -> list[M]:
        """Store what is new."""
        return self.model._default_manager.bulk_create([self.make(one) for one in new])

    def change(self, changes: list[tuple[M, Said]]) -> None:
        """Store what has changed: copies of the locked rows, for `changed` tells what was there."""
        for row, said in changes:
            for field, value in said.values.items():
                if not is_same(getattr(row, field), value):
                    setattr(row, field, value)
        # Faster by far than `bulk_update`, which writes a condition for each row and field.
        self.model._default_manager.bulk_create(
            [row for row, _ in changes],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(changes[0][1].values),
        )

    def _lock(self, keys: list[Key]) -> None:
        """Put rows of the model, as they are now, in the place of those that were found."""
        rows = self.model._default_manager.filter(pk__in=[self.rows[key].pk for key in keys])
        # In one order, so that of two who lock the same rows one waits for the other.
        there = {row.pk: row for row in rows.order_by("pk").select_for_update(no_key=True)}
        if len(there) != len(keys):
            raise IntegrityError("a row that was there is gone")
        self.rows |= {key: there[self.rows[key].pk] for key in keys}

    def make_way(self, first: list[Said]) -> None:  # most have nothing to do here
        """Before anything is stored: take out of `rows` what is there, but is not what is meant."""

    def store(self, said: Iterable[Said]) -> dict[Row, Outcome]:
        """Store a batch; afterwards `rows` holds its rows of the database. A row of the file that
        disagrees with an earlier one is reported, and missing from the answer."""
        first, again = self.claimed(said)
        self.rows = self.find({one.key for one in (*first, *(one for one, _ in again))})
        self.make_way(first)
        outcomes = {one.row: self._outcome(one) for one in first}
        changing = [one for one in first if outcomes[one.row] is Outcome.CHANGED]
        if changing:
            self._lock([one.key for one in changing])
            outcomes |= {one.row: self._outcome(one) for one in changing}
        if self.report.note:
            for one in first:
                if outcomes[one.row] is not Outcome.UNCHANGED:
                    self.report.note(self._change(one, outcomes[one.row]))
        for one in first:
            if outcomes[one.row] is not Outcome.UNCHANGED:
                self._look_at_letters(one)
        new = [one for one in first if outcomes[one.row] is Outcome.CREATED]
        self.rows.update(zip((one.key for one in new), self.create(new), strict=True))
        changes = [one for one in first if outcomes[one.row] is Outcome.CHANGED]
        changed = [(self.rows[one.key], one) for one in changes]
        if self.report.note:
            self.changed, self.touched = changed, [*new, *changes]
        if changes:
            self.change([(copy(row), said) for row, said in changed])
        here = {one.key: outcomes[one.row] for one in first}
        if self.shared:
            self.claims.set_outcomes(
                ((self.called, *key), outcome)
                for key, outcome in here.items()
                if outcome is not Outcome.UNCHANGED  # which holds where nothing is noted
            )
        for one, earlier in again:
            before = here.get(one.key) or earlier.outcome
            outcomes[one.row] = before if before and self.shared else Outcome.UNCHANGED
        return outcomes

    def claimed(self, said: Iterable[Said]) -> tuple[list[Said], list[tuple[Said, Earlier]]]:
        """Those that speak of something first, and those that agree with an earlier one."""
        said = list(said)
        first, again = [], []
        claims = [((self.called, *one.key), one.values, one.row) for one in said]
        for one, earlier in zip(said, self.claims.claim_all(claims), strict=True):
            if earlier is None:
                first.append(one)
                continue
            if not earlier.differing:
                again.append((one, earlier))
            for field in earlier.differing:
                self.report.add(one.row, self.columns[field], DISAGREES, earlier.place, self.called)
        return first, again

    def _outcome(self, one: Said) -> Outcome:
        there = self.rows.get(one.key)
        if there is None:
            return Outcome.CREATED
        same = all(is_same(getattr(there, field), value) for field, value in one.values.items())
        return Outcome.UNCHANGED if same else Outcome.CHANGED

    def _change(self, one: Said, outcome: Outcome) -> Change:
        there = self.rows.get(one.key)
        before = {field: getattr(there, field) if there else None for field in one.values}
        fields = [
            (self.columns[field], self.in_words(field, before[field]), self.in_words(field, value))
            for field, value in one.values.items()
            if there is None or not is_same(before[field], value)
        ]
        return Change(one.row, self.called, outcome, fields)

    def _look_at_letters(self, one: Said) -> None:
        there = self.rows.get(one.key)
        for field in self.names:
            value, was = one.values[field], getattr(there, field) if there else ""
            of = spoilt_names.spoilt(value)
            if of and not is_same(was, value):
                stored = f"; stored is {quoted(was)}" if was else ""
                self.report.warn(of, one.row.place, f"{quoted(value)}{stored}")

    def in_words(self, field: str, value: Any) -> str:
        """A value as the list of changes shows it."""
        return legible(value) if isinstance(value, str) else in_words(value)


def is_same(stored: Any, value: Any) -> bool:
    """But for spaces, and accents apart from their letters, which may be stored from before."""
    return stored == value or (isinstance(stored, str) and normalised(stored) == value)


def together(*outcomes: Outcome) -> Outcome:
    """What became of a row of the file that spoke of several rows of the database; the last of them
    is its own."""
    if outcomes[-1] is Outcome.CREATED:
        return Outcome.CREATED
    return Outcome.CHANGED if set(outcomes) != {Outcome.UNCHANGED} else Outcome.UNCHANGED
