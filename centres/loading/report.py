"""The bad rows of a file, each with its place, and the counts with which a load ends."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from centres.loading.values import legible


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


class Report:
    """Collects the bad rows of a batch, and writes them in the order of the file."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.bad = 0
        self._waiting: list[tuple[int, int, str]] = []

    def add(self, row: Row, column: str, reason: str) -> None:
        self.bad += 1
        head = legible(row.heads.get(column, column))
        self._waiting.append((row.sheet_number, row.line, f"{row.place}, {head}: {reason}"))

    def flush(self) -> None:
        for _, _, text in sorted(self._waiting, key=lambda waiting: waiting[:2]):
            self.write(text)
        self._waiting.clear()


class Counts(Counter[Outcome]):
    """How many rows were created, changed and unchanged."""

    def __str__(self) -> str:
        return ", ".join(f"{self[outcome]} {outcome}" for outcome in Outcome)
