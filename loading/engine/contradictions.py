"""Contradictions: rows of one file about the same thing must agree.

What was said first is kept in a private database on disk that vanishes with the load, so that
memory does not grow with the file; and only as keyed digests, so that nothing of the file lies there. How often
a digest comes tells which grade it may be: where not even that may lie on a disk (rule 28), it is kept in memory, as it
was said (`ClaimsInMemory`).
"""

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from loading.engine.report import Outcome, Row

DIGEST = 8
Claim = tuple[tuple, Mapping[str, Any], Row]
"""Of what a row speaks, and what it says of it."""


class Earlier(NamedTuple):
    """Where the file spoke of this before, in which fields it said something else, and what became
    of it in an earlier batch."""

    place: str
    differing: list[str]
    outcome: Outcome | None


class Claims:
    def __init__(self) -> None:
        self._key = os.urandom(32)
        # `typed`, for True is not 1. Much is said again soon: the same candidate, grade or option.
        self._digest = lru_cache(maxsize=4_096, typed=True)(self._new_digest)

    @cached_property
    def _database(self) -> sqlite3.Connection:
        """Opened with the first claim: a load that ends before its first row leaves nothing open."""
        database = sqlite3.connect("", isolation_level=None)
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE claim (subject BLOB PRIMARY KEY, place TEXT, said BLOB, outcome TEXT)"
            " WITHOUT ROWID"
        )
        database.execute("BEGIN")
        return database

    def close(self) -> None:
        self._database.close()

    def claim(self, subject: tuple, said: Mapping[str, Any], row: Row) -> Earlier | None:
        """Note what is said of the subject. Returns None the first time, else what was before."""
        return self.claim_all([(subject, said, row)])[0]

    def claim_all(self, claims: Sequence[Claim]) -> list[Earlier | None]:
        """The same for a batch, in its order."""
        subjects = [self._digest(subject, 16) for subject, _, _ in claims]
        known = self._known(set(subjects))
        answers: list[Earlier | None] = []
        new = []
        for subject, (_, said, row) in zip(subjects, claims, strict=True):
            digests = b"".join([self._digest(value, DIGEST) for value in said.values()])
            if earlier := known.get(subject):
                place, before, outcome = earlier
                answers.append(Earlier(place, _differing(said, digests, before), outcome))
            else:
                known[subject] = (row.place, digests, None)
                new.append((subject, row.place, digests))
                answers.append(None)
        self._database.executemany("INSERT INTO claim (subject, place, said) VALUES (?, ?, ?)", new)
        return answers

    def set_outcomes(self, outcomes: Iterable[tuple[tuple, Outcome]]) -> None:
        """Note what became of subjects, for rows of later batches that speak of them again."""
        self._database.executemany(
            "UPDATE claim SET outcome = ? WHERE subject = ?",
            [(outcome, self._digest(subject, 16)) for subject, outcome in outcomes],
        )

    def _known(self, subjects: set[bytes]) -> dict[bytes, tuple[str, bytes, Outcome | None]]:
        """What is noted of them: place, digests of what was said, and outcome."""
        marks = ", ".join("?" * len(subjects))
        found = self._database.execute(
            f"SELECT subject, place, said, outcome FROM claim WHERE subject IN ({marks})",  # noqa: S608 # nosec B608 # marks alone
            list(subjects),
        )
        return {
            subject: (place, said, Outcome(outcome) if outcome else None)
            for subject, place, said, outcome in found
        }

    def _new_digest(self, value: Any, size: int) -> bytes:
        return blake2b(repr(value).encode(), digest_size=size, key=self._key).digest()


class ClaimsInMemory(Claims):
    """The same for a process that has the whole file in memory and ends with it: in a third of the time."""

    def __init__(self) -> None:
        self._said: dict[tuple, tuple] = {}

    def close(self) -> None:
        self._said.clear()

    def claim_all(self, claims: Sequence[Claim]) -> list[Earlier | None]:
        answers: list[Earlier | None] = []
        for subject, said, row in claims:
            now = (row.line, row.sheet, *said.values())
            before = self._said.setdefault(subject, now)
            answers.append(None if before is now else _earlier(before, now, said))
        return answers

    def set_outcomes(self, outcomes: Iterable[tuple[tuple, Outcome]]) -> None:
        """Nothing comes of what is only checked."""


def _earlier(before: tuple, now: tuple, said: Mapping[str, Any]) -> Earlier:
    differing = [
        name for name, was, is_now in zip(said, before[2:], now[2:], strict=True) if was != is_now
    ]
    return Earlier(Row(before[0], sheet=before[1]).place, differing, None)


def _differing(said: Mapping[str, Any], digests: bytes, before: bytes) -> list[str]:
    """The fields whose digests are not the same."""
    if digests == before:
        return []
    return [
        name
        for at, name in zip(range(0, len(digests), DIGEST), said, strict=True)
        if digests[at : at + DIGEST] != before[at : at + DIGEST]
    ]
