"""Findings of the check of a file: counts, a sample of what changes, every bad row.

Counts hold nothing of the file's content, and stand in the database. The sample and the bad rows may
hold names and grades, so they are kept encrypted, like the file itself. A digest of every change tells
later whether the same would still happen.
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from core import csv_files, encrypted_files
from core.models import EncryptedFile
from loading.engine.cells import legible
from loading.engine.loader import Kind
from loading.engine.report import Change, Fault, Outcome, ToLookAt, Warned

SAMPLE = 25  # of what is created, as many of what is changed, and of each thing to look at
SHOWN_FAULTS = 100  # causes of bad rows
SHOWN_PLACES = 5  # of each
FAULT_HEADS = ("place", "column", "reason")


class Noted:
    """All changes that a load makes, in flat memory: some of them, how many of which, and a digest."""

    def __init__(self, kind: type[Kind]) -> None:
        self.identity = kind.identity
        self.tally: Counter[str] = Counter()
        self.sample: dict[Outcome, list[dict[str, Any]]] = {
            Outcome.CHANGED: [],
            Outcome.CREATED: [],
        }
        self.warned: Counter[str] = Counter()
        self.to_look_at: dict[str, list[dict[str, str]]] = {of: [] for of in Warned}
        self._digest = hashlib.sha256()

    def __call__(self, change: Change) -> None:
        self.tally[f"{change.called}, {change.outcome}"] += 1
        if ("status", "valid", "withdrawn") in change.fields:
            self.tally["entry, withdrawn"] += 1
        self._digest.update(repr((change.row.place, *change[1:])).encode())
        some = self.sample[change.outcome]
        if len(some) < SAMPLE:
            some.append(
                {
                    "place": change.row.place,
                    "of": ", ".join(
                        legible(change.row.cells[name])
                        for name in self.identity
                        if change.row.cells.get(name)
                    ),
                    "called": change.called,
                    "outcome": change.outcome,
                    "fields": change.fields,
                }
            )

    def warn(self, one: ToLookAt) -> None:
        self.warned[one.of] += 1
        some = self.to_look_at[one.of]
        if len(some) < SAMPLE:
            some.append({"place": one.place, "sentence": one.sentence})

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def keep(self) -> EncryptedFile:
        """The sample, what is to be checked and the digest, encrypted."""
        changes = [one for some in self.sample.values() for one in some]
        content = json.dumps(
            {"digest": self.digest, "changes": changes, "to_look_at": self.to_look_at}
        )
        return encrypted_files.keep([content.encode()])


def sample_in(stored: EncryptedFile) -> dict[str, Any]:
    """What `Noted.keep` has kept. Raises CannotOpen."""
    return json.loads(b"".join(encrypted_files.stream(stored)))


class FaultsFile:
    """Bad rows as a CSV that no spreadsheet runs, written while the file is read."""

    def __init__(self, writer: encrypted_files.Writer) -> None:
        self.writer = writer
        self._lines = csv_files.Lines()
        self._write(FAULT_HEADS)

    def add(self, fault: Fault) -> None:
        self._write((fault.place, fault.column, fault.reason))

    def _write(self, cells: tuple[str, ...]) -> None:
        self.writer.write(self._lines.written([cells]))


@dataclass
class Cause:
    """What is wrong with a column of so many rows, and where the first of them are."""

    column: str
    reason: str
    rows: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.rows - len(self.places)


@dataclass
class Causes:
    """Those of most rows first. `others`: how many bad rows have further causes."""

    shown: list[Cause]
    others: int


def faults_in(stored: EncryptedFile) -> Causes:
    """The bad rows by what is wrong with them, however many they are. Raises CannotOpen."""
    causes: dict[tuple[str, str], Cause] = {}
    others = 0
    with encrypted_files.open_stored(stored) as file:
        for place, column, reason in islice(_cells(file), 1, None):
            if (column, reason) not in causes and len(causes) == SHOWN_FAULTS:
                others += 1
                continue
            cause = causes.setdefault((column, reason), Cause(column, reason))
            cause.rows += 1
            if len(cause.places) < SHOWN_PLACES:
                cause.places.append(place)
    return Causes(sorted(causes.values(), key=lambda one: -one.rows), others)


def _cells(file: BinaryIO) -> Iterator[list[str]]:
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        yield from csv.reader(text)
