"""Rows of one file that speak of the same thing must agree.

What was said first is kept in a private database on disk that vanishes with the load, so that
memory does not grow with the file; and only as keyed digests, so that nothing of the file lies there.
"""

import os
import sqlite3
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from centres.loading.report import Outcome

DIGEST = 8


class Earlier(NamedTuple):
    """Where the file spoke of this before, and in which fields it said something else."""

    place: str
    differing: list[str]


class Claims:
    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(
            "CREATE TABLE claim (subject BLOB PRIMARY KEY, place TEXT, said BLOB, outcome TEXT)"
            " WITHOUT ROWID"
        )
        self._database.execute("BEGIN")

    def close(self) -> None:
        self._database.close()

    def claim(self, subject: tuple, said: Mapping[str, Any], place: str) -> Earlier | None:
        """Note what is said of the subject. Returns None the first time, else what was before."""
        digests = b"".join(self._digest(value, DIGEST) for value in said.values())
        key = self._digest(subject, 16)
        noted = self._database.execute(
            "INSERT INTO claim (subject, place, said) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (key, place, digests),
        )
        if noted.rowcount:
            return None
        first, before = self._database.execute(
            "SELECT place, said FROM claim WHERE subject = ?", (key,)
        ).fetchone()
        differing = [
            name
            for at, name in zip(range(0, len(digests), DIGEST), said, strict=True)
            if digests[at : at + DIGEST] != before[at : at + DIGEST]
        ]
        return Earlier(first, differing)

    def set_outcome(self, subject: tuple, outcome: Outcome) -> None:
        self._database.execute(
            "UPDATE claim SET outcome = ? WHERE subject = ?", (outcome, self._digest(subject, 16))
        )

    def outcome(self, subject: tuple) -> Outcome:
        """What became of the subject when it was first stored in this load."""
        found = self._database.execute(
            "SELECT outcome FROM claim WHERE subject = ?", (self._digest(subject, 16),)
        ).fetchone()
        return Outcome(found[0])

    def _digest(self, value: Any, size: int) -> bytes:
        return blake2b(repr(value).encode(), digest_size=size, key=self._key).digest()
