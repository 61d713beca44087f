"""The figures of *By qualification*: shares of the best grades at a glance, and a row for each syllabus or option.

A change is in points, and stands only where both sides have LEAST grades of the level, of a single syllabus too. A
Level and AS Level are two lines of a row, each with its own shares and bar.
"""

from dataclasses import dataclass

from results.staff_site.charts import Piece, points, strips
from results.staff_site.comparison import Comparison
from results.staff_site.filters import Part, Scope
from results.staff_site.shares import Level, band_name, comparable, in_words, levels_of
from results.staff_site.tallies import Counts, counted

MOST = 3  # shares that stand at the top


@dataclass(frozen=True)
class Share:
    """`of`: of which grades; `change` is empty where nothing is compared."""

    of: str
    share: str
    change: str


@dataclass(frozen=True)
class Line:
    """A level of a syllabus; what tells no level has no shares."""

    level: str
    best: str
    two: str
    change: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Row:
    part: Part
    lines: list[Line]


def headline(counts: Counts, theirs: Counts | None) -> list[Share]:
    """Of a single qualification the shares of its best band and its best two, of each level; of each of several the
    share of its best two."""
    several, compared = len(counts.distributions) > 1, _levels(theirs) if theirs else {}
    found = []
    for (name, level_name), level in _levels(counts).items():
        called = level_name or (name if several else "")
        for bands in (2,) if called else (1, 2):
            grades = level.best(bands)
            other = comparable(level, compared.get((name, level_name)))
            change = points(level.share(*grades) - other.share(*grades)) if other else ""
            of = f"{called}, {in_words(grades)}" if called else in_words(grades)
            found.append(Share(of, f"{level.share(*grades):.1f}", change))
    return found[:MOST]


def beside_it(theirs: Counts) -> Share | None:
    """What is compared, in its own figure: the share of the best two bands, of a single level."""
    levels = list(_levels(theirs).values())
    if len(levels) != 1:
        return None
    grades = levels[0].best(2)
    return Share(in_words(grades), f"{levels[0].share(*grades):.1f}", "")


def rows_of(scope: Scope, comparison: Comparison | None) -> list[Row]:
    return [Row(part, _lines(part, _theirs(part, scope, comparison))) for part in scope.parts]


def heads_of(counts: Counts) -> tuple[str, str]:
    """What the two columns of shares are called: by the grades, where these are the same all along."""
    levels = list(_levels(counts).values())
    most = [one for one in levels if one.name != "AS Level"] or levels
    found = {(band_name(one.best(1)), band_name(one.best(2))) for one in most}
    return found.pop() if len(found) == 1 else ("Best band", "Best two bands")


def _theirs(part: Part, scope: Scope, comparison: Comparison | None) -> Counts:
    if not comparison:
        return Counts(())
    keys = {scope.key(one) for one in part.counts.tallies}
    return counted(one for one in comparison.theirs.tallies if scope.key(one) in keys)


def _lines(part: Part, theirs: Counts) -> list[Line]:
    ours, compared = _levels(part.counts), _levels(theirs)
    return [
        _line(
            name,
            pieces,
            ours.get((one.qualification, name)),
            compared.get((one.qualification, name)),
        )
        for one in part.counts.distributions
        for name, pieces in strips(one)
    ]


def _line(name: str, pieces: list[Piece], level: Level | None, other: Level | None) -> Line:
    if not level or not level.total:
        return Line(name, "", "", "", pieces)
    best, two = (level.best(bands) for bands in (1, 2))
    other = comparable(level, other)
    change = points(level.share(*two) - other.share(*two)) if other else ""
    return Line(name, f"{level.share(*best):.1f}", f"{level.share(*two):.1f}", change, pieces)


def _levels(counts: Counts) -> dict[tuple[str, str], Level]:
    """(qualification, level) -> those that somebody has a grade of."""
    return {
        (one.qualification, level.name): level
        for one in counts.distributions
        for level in levels_of(one)
        if level.total
    }
