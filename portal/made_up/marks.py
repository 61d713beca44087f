"""Made-up marks of components. Two results in three have some, as with a real board: none that is
without a grade, and of those that have, some candidates sat one component only."""

from centres.grades import kind_of
from results.components import Component, Components


def marks(grade: str, seed: int) -> Components:
    """The same for the same seed."""
    if kind_of(grade) in ("X", "Q", "Y") or seed % 3 == 0:
        return ()
    numbers = ("12", "22", "42")[: 1 + seed % 4]
    given = [(number, 15 + seed * (7 + int(number)) % 60) for number in numbers]
    return tuple(Component(number, str(raw), str(raw + seed % 2), grade) for number, raw in given)
