"""Shares of a distribution: of each grade, of it or better, and of bands of grades.

A Level and AS Level grades (small letters) are two levels, each with shares of its own: an `a` is no grade below
`E`. UNGRADED tells no level; where a distribution has both, it is counted in neither. What is no
grade (no result, pending, to be issued) has no share.
"""

from dataclasses import dataclass

from centres.grades import OUTCOMES, UNGRADED
from results.staff_site.tallies import Distribution

LEAST = 10  # grades on each side: a share of a few says more of persons than of a centre
BANDS: tuple[tuple[str, ...], ...] = (("A*", "A"), ("B", "C"), ("D", "E"), ("F", "G"))
NUMBER_BANDS: tuple[tuple[str, ...], ...] = (("9", "8", "7"), ("6", "5", "4"), ("3", "2"), ("1",))


@dataclass(frozen=True)
class Level:
    """The grades of one level, best first, and how many have each."""

    name: str
    grades: tuple[str, ...]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def share(self, *grades: str) -> float:
        """In hundredths; nought of nothing."""
        return 100 * sum(self.counts.get(one, 0) for one in grades) / (self.total or 1)

    def or_better(self, grade: str) -> float:
        return self.share(*self.grades[: self.grades.index(grade) + 1])

    @property
    def bands(self) -> list[tuple[str, ...]]:
        """From best to worst; the last is of those who are ungraded."""
        if any(one.isdigit() for one in self.grades):
            bands = NUMBER_BANDS
        else:
            small = all(one.islower() for one in self.grades if one != UNGRADED)
            bands = tuple(tuple(map(str.lower, one)) for one in BANDS) if small else BANDS
        there = [tuple(one for one in band if one in self.grades) for band in bands]
        return [band for band in there if band]

    def best(self, bands: int) -> tuple[str, ...]:
        """The grades of so many bands, from the best."""
        return tuple(grade for band in self.bands[:bands] for grade in band)


def comparable(ours: Level, theirs: Level | None) -> Level | None:
    """What is compared, where both sides have LEAST grades."""
    return theirs if theirs and min(ours.total, theirs.total) >= LEAST else None


def levels_of(distribution: Distribution) -> list[Level]:
    """One, or A Level and AS Level where both are there."""
    grades = [one for one in distribution.order if one not in OUTCOMES]
    letters = [one for one in grades if one != UNGRADED]
    small = [one for one in letters if one.islower()]
    large = [one for one in letters if not one.islower()]
    if small and large:
        return [
            _level("A Level", large, distribution),
            _level("AS Level", small, distribution),
        ]
    return [_level("AS Level" if small else "", grades, distribution)]


def _level(name: str, grades: list[str], distribution: Distribution) -> Level:
    return Level(name, tuple(grades), {one: distribution.counts[one] for one in grades})


def band_name(band: tuple[str, ...]) -> str:
    """`A*–A`, `F–G`, `1`."""
    return band[0] if len(band) == 1 else f"{band[0]}–{band[-1]}"


def in_words(band: tuple[str, ...]) -> str:
    """`A* and A`, `A* to C`, `a`."""
    joint = " and " if len(band) == 2 else " to "
    return joint.join(dict.fromkeys((band[0], band[-1])))
