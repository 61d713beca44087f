"""The bad rows of a file, each with its place and by what is wrong with them, what changes, and the counts
with which a load ends.

A fault is of a column and of a pattern: the sentence before what stands in the cell is put into it. However
many rows have it, one sentence tells of them all, with how many they are and an example: the first.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from loading.engine.cells import filled, legible

SHOWN_PLACES = 5  # of the rows that are bad in one way


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
    """What is wrong with a cell, a row or a file; `rows`: for how many it speaks, this the first."""

    sheet_number: int
    line: int
    place: str
    column: str
    reason: str
    pattern: str
    rows: int


@dataclass
class Alike:
    """The rows that are bad in one way: their column and pattern are the same. `reason` is the first's."""

    column: str
    reason: str
    rows: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.rows - len(self.places)

    def __str__(self) -> str:
        """As text “line 3, grade: …”."""
        first = f"{self.places[0]}, {self.column}: {self.reason}"
        if self.rows == 1:
            return first
        more = f" and {self.more} more" if self.more else ""
        return f"{first} ({self.rows} rows: {', '.join(self.places)}{more})"


class Change(NamedTuple):
    """What a row of the file makes of a row of the database. `fields`: column, old and new, in words."""

    row: Row
    called: str
    outcome: Outcome
    fields: list[tuple[str, str, str]]


class Warned(StrEnum):
    """What somebody should look at before it is applied, though it refuses no file. First things first."""

    LETTERS_LOST = "Names with lost letters"
    ENCODED_TWICE = "Names with garbled letters"
    ANOTHER_PERSON = "Numbers given to somebody else"
    REINSTATED = "Numbers given back to who had them before"
    HELD = "Numbers given to somebody else that are held"
    PERHAPS_ANOTHER = "Perhaps somebody else, but taken for the same person"
    SAME_UCI = "One UCI for different people"
    ANOTHER_HOUR = "Releases at another hour than usual"


GIVES_NUMBERS = (Warned.ANOTHER_PERSON, Warned.REINSTATED, Warned.HELD)
SPOILT_NAMES = (Warned.LETTERS_LOST, Warned.ENCODED_TWICE)


class ToLookAt(NamedTuple):
    """Where it is, and a sentence; it may hold names."""

    of: Warned
    place: str
    sentence: str


class Report:
    """Collects the bad rows of a batch, writes them in the order of the file, and keeps what they have
    alike. Who wants to know gives `note`, which is told of every change, and `warn`, which is told what to
    look at."""

    def __init__(
        self,
        write: Callable[[Fault], object] = lambda fault: None,
        note: Callable[[Change], object] | None = None,
        warn: Callable[[ToLookAt], object] | None = None,
    ) -> None:
        self.write = write
        self.note = note
        self._warn = warn
        self.faults = 0
        self._alike: dict[tuple[str, str], Alike] = {}
        self._bad_lines: dict[int, bytearray] = {}  # of each sheet, a bit for each line
        self._waiting: list[Fault] = []

    def add(self, row: Row, column: str, pattern: str, *values: object, rows: int = 1) -> None:
        """`values` are put into the pattern; `rows`: for how many of them this speaks, beginning with
        this one, of which each is marked for itself."""
        self.faults += 1
        self.mark(row)
        head = legible(row.heads.get(column, column))
        reason = filled(pattern, *values)
        self._waiting.append(
            Fault(row.sheet_number, row.line, row.place, head, reason, pattern, rows)
        )

    def mark(self, row: Row) -> None:
        """This row is bad."""
        byte, bit = divmod(row.line, 8)
        lines = self._bad_lines.setdefault(row.sheet_number, bytearray())
        if byte >= len(lines):
            lines.extend(bytes(byte + 1 - len(lines)))
        lines[byte] |= 1 << bit

    @property
    def bad(self) -> int:
        """How many rows are bad, however much is wrong with each."""
        lines = self._bad_lines.values()
        return sum(int.from_bytes(one, "little").bit_count() for one in lines)

    @property
    def alike(self) -> list[Alike]:
        """Those of most rows first."""
        return sorted(self._alike.values(), key=lambda one: -one.rows)

    def warn(self, of: Warned, place: str, sentence: str) -> None:
        if self._warn:
            self._warn(ToLookAt(of, place, sentence))

    def flush(self) -> None:
        for fault in sorted(self._waiting, key=lambda waiting: waiting[:2]):
            self.write(fault)
            one = self._alike.setdefault(
                (fault.column, fault.pattern), Alike(fault.column, fault.reason)
            )
            one.rows += fault.rows
            if len(one.places) < SHOWN_PLACES:
                one.places.append(fault.place)
        self._waiting.clear()


class Counts(Counter[Outcome]):
    """How many rows were created, changed and unchanged."""

    def __str__(self) -> str:
        return ", ".join(f"{self[outcome]} {outcome}" for outcome in Outcome)
