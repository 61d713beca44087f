"""The bad rows of a file, each with its place, what changes, and the counts with which a load ends."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from loading.engine.cells import legible


class BadRows(Exception):
    """The file holds bad rows, which the report has named. Nothing of it may be stored."""


class Outcome(StrEnum):
    """What became of a row: whether anything that it says differs from what was stored before."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(eq=False, slots=True)
class Row:
    """A row of a file. `heads` are the columns' names in the file, where they differ from ours."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    sheet_number: int = 0
    heads: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return (
            f"sheet {legible(self.sheet)}, line {self.line}" if self.sheet else f"line {self.line}"
        )


class Fault(NamedTuple):
    """What is wrong with a cell, a row or a file; as text “line 3, grade: …”."""

    sheet_number: int
    line: int
    place: str
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}, {self.column}: {self.reason}"


class Change(NamedTuple):
    """What a row of the file makes of a row of the database. `fields`: column, old and new, in words."""

    row: Row
    called: str
    outcome: Outcome
    fields: list[tuple[str, str, str]]


class Warned(StrEnum):
    """What somebody should look at before it is applied, though it refuses no file. First things first."""

    ANOTHER_PERSON = "Numbers given to somebody else"
    REINSTATED = "Numbers given back to who had them before"
    HELD = "Numbers given to somebody else that are held"
    PERHAPS_ANOTHER = "Perhaps somebody else, but taken for the same person"
    SAME_UCI = "One UCI for different people"
    ANOTHER_HOUR = "Releases at another hour than usual"


GIVES_NUMBERS = (Warned.ANOTHER_PERSON, Warned.REINSTATED, Warned.HELD)


class ToLookAt(NamedTuple):
    """Where it is, and a sentence; it may hold names."""

    of: Warned
    place: str
    sentence: str


class Report:
    """Collects the bad rows of a batch, and writes them in the order of the file. Who wants to know
    gives `note`, which is told of every change, and `warn`, which is told what to look at."""

    def __init__(
        self,
        write: Callable[[Fault], object],
        note: Callable[[Change], object] | None = None,
        warn: Callable[[ToLookAt], object] | None = None,
    ) -> None:
        self.write = write
        self.note = note
        self._warn = warn
        self.bad = 0
        self._waiting: list[Fault] = []

    def add(self, row: Row, column: str, reason: str, *, rows: int = 1) -> None:
        """`rows`: for how many of them this speaks, beginning with this one."""
        self.bad += rows
        head = legible(row.heads.get(column, column))
        self._waiting.append(Fault(row.sheet_number, row.line, row.place, head, reason))

    def warn(self, of: Warned, place: str, sentence: str) -> None:
        if self._warn:
            self._warn(ToLookAt(of, place, sentence))

    def flush(self) -> None:
        for fault in sorted(self._waiting, key=lambda waiting: waiting[:2]):
            self.write(fault)
        self._waiting.clear()


class Counts(Counter[Outcome]):
    """How many rows were created, changed and unchanged."""

    def __str__(self) -> str:
        return ", ".join(f"{self[outcome]} {outcome}" for outcome in Outcome)
