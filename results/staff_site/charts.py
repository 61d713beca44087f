"""Charts of a distribution: bars with their labels, or one bar in pieces for each of many centres.

Pure arithmetic, in shares of the drawing's width, so that it fits any page; the templates write the SVG. The
figures stand beside every bar, and in a table as well: nothing is told by length or colour alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from centres.grades import OUTCOMES
from results.staff_site.tallies import Distribution

LINE = 26  # the height of a bar with the space around it, in pixels
LABELS, LONGEST = 30, 56  # where the bars begin, and how long the longest is, in hundredths


@dataclass(frozen=True)
class Bar:
    """An outcome, how many have it, and its bar; `tone` says how it is shaded."""

    label: str
    count: int
    share: str
    y: int
    width: str
    end: str
    tone: str


@dataclass(frozen=True)
class Piece:
    """The part of a bar that an outcome takes."""

    label: str
    count: int
    x: str
    width: str
    tone: str


def bars(distribution: Distribution) -> list[Bar]:
    most = max(distribution.counts.values(), default=0) or 1
    return [
        Bar(
            label=_label(grade),
            count=count,
            share=f"{100 * count / (distribution.total or 1):.0f} %",
            y=place * LINE,
            width=_percent(LONGEST * count / most),
            end=_percent(LABELS + LONGEST * count / most),
            tone=tone,
        )
        for place, (grade, count, tone) in enumerate(_toned(distribution))
    ]


def height(distribution: Distribution) -> int:
    return LINE * len(distribution.order)


def pieces(distribution: Distribution) -> list[Piece]:
    """Those that somebody has, from left to right."""
    made, before = [], 0
    for grade, count, tone in _toned(distribution):
        if count:
            x, width = (100 * part / distribution.total for part in (before, count))
            made.append(Piece(_label(grade), count, _percent(x), _percent(width), tone))
            before += count
    return made


def _toned(distribution: Distribution) -> Iterator[tuple[str, int, str]]:
    """The grades from dark to light, what is no grade in grey."""
    grades = [one for one in distribution.order if one not in OUTCOMES]
    for grade in distribution.order:
        tone = "none" if grade in OUTCOMES else str(9 * grades.index(grade) // len(grades))
        yield grade, distribution.counts[grade], f"tone-{tone}"


def _label(grade: str) -> str:
    return OUTCOMES.get(grade, grade)


def _percent(part: float) -> str:
    return f"{part:.2f}%"
