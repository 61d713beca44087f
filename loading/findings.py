"""Findings of the check of a file: counts, a sample of what changes, what is wrong, every bad row.

Counts hold nothing of the file's content, and stand in the database. The sample, what is wrong and the bad
rows may hold names and grades, so they are kept encrypted, like the file itself. A digest of every change tells
later whether the same would still happen.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core import csv_files, encrypted_files
from core.models import EncryptedFile
from loading.engine.cells import legible
from loading.engine.loader import Kind
from loading.engine.report import Alike, Change, Fault, Outcome, ToLookAt, Warned

SAMPLE = 25  # of what is created, as many of what is changed, and of each thing to look at
SHOWN_ALIKE = 200  # ways in which rows are bad; a file of ours has fewer
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

    def keep(self, alike: list[Alike]) -> EncryptedFile:
        """The sample, what is to be checked, which rows are bad in one way, and the digest, encrypted."""
        changes = [one for some in self.sample.values() for one in some]
        content = json.dumps(
            {
                "digest": self.digest,
                "changes": changes,
                "to_look_at": self.to_look_at,
                "alike": [asdict(one) for one in alike[:SHOWN_ALIKE]],
            }
        )
        return encrypted_files.keep([content.encode()])


def sample_in(stored: EncryptedFile) -> dict[str, Any]:
    """What `Noted.keep` has kept. Raises CannotOpen."""
    return json.loads(b"".join(encrypted_files.stream(stored)))


class FaultsFile:
    """Bad rows as a CSV that no spreadsheet runs, written while the file is read."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write = write
        self._lines = csv_files.Lines()
        self._write(FAULT_HEADS)

    def add(self, fault: Fault) -> None:
        self._write((fault.place, fault.column, fault.reason))

    def _write(self, cells: tuple[str, ...]) -> None:
        self.write(self._lines.written([cells]))


def alike_in(sample: dict[str, Any]) -> list[Alike]:
    """What is wrong with the file, a column and pattern each: of what `sample_in` gives."""
    return [Alike(**one) for one in sample.get("alike", [])]
