"""Charts of a distribution: columns, on a phone bars, or one bar in bands for a syllabus or a centre.

Pure arithmetic, in shares of the drawing's width, so that it fits any page; the templates write the SVG. The
figures stand beside every bar, and in a table as well: nothing is told by length or colour alone. What is compared
is a hatched column beside it, on a phone a tick across the bar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from centres.grades import OUTCOMES, UNGRADED
from results.staff_site.shares import Level, band_name, comparable, levels_of
from results.staff_site.tallies import Distribution

LINE = 26  # the height of a bar with the space around it, in pixels
LABELS, LONGEST = 14, 56  # where the bars begin, and how long the longest is, in hundredths
ABOVE, TALLEST = 24, 184  # pixels above the tallest column, and its height
STEPS = (
    2,
    5,
    10,
    20,
    25,
)  # hundredths between the lines behind the columns, of which there are at most four
WRITTEN_FROM = 9  # hundredths of a bar in which a share of a band can be read


class Column(NamedTuple):
    """Across in hundredths, down in pixels."""

    x: str
    width: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A grade, how many have it, its shares, and its bar. What is compared is None where nothing is."""

    label: str
    count: int
    share: str
    or_better: str
    y: int
    width: str
    end: str
    compared: str | None
    tick: str | None
    change: str
    middle: str
    ours: Column
    theirs: Column | None

    @property
    def short(self) -> str:
        return "U" if self.label == UNGRADED else self.label


@dataclass(frozen=True)
class Chart:
    """A level of a qualification: a drawing and the same as a table. `others`: what is no grade, and UNGRADED where
    it tells no level."""

    name: str
    bars: list[Bar]
    others: list[tuple[str, int]]
    lines: list[tuple[int, float]]
    """Behind the columns: of how many hundredths each is, and where."""
    is_compared: bool

    @property
    def height(self) -> int:
        return LINE * len(self.bars)


@dataclass(frozen=True)
class Piece:
    """The part of a bar that a band takes. `written`: its share, where there is room for it."""

    label: str
    count: int
    x: str
    width: str
    middle: str
    tone: str
    written: str


def charts_of(ours: Distribution, theirs: Distribution | None = None) -> list[Chart]:
    """A chart for each level; `theirs` is the same qualification of what is compared."""
    compared = {one.name: one for one in levels_of(theirs)} if theirs else {}
    levels = levels_of(ours)
    others = [(words, ours.counts[one]) for one, words in OUTCOMES.items() if ours.counts[one]]
    if len(levels) > 1 and ours.counts[UNGRADED]:
        others.insert(0, ("UNGRADED, of either level", ours.counts[UNGRADED]))
    charts = []
    for level in levels:
        name = f"{ours.qualification}, {level.name}" if level.name else ours.qualification
        enough = comparable(level, compared.get(level.name))
        last = level is levels[-1]
        drawn, most = bars(level, enough), _most(level, enough)
        is_compared = enough is not None
        charts.append(Chart(name, drawn, others if last else [], _lines(most), is_compared))
    return charts


def bars(level: Level, beside: Level | None = None) -> list[Bar]:
    most = _most(level, beside)
    return [_bar(place, grade, level, beside, most) for place, grade in enumerate(level.grades)]


def _most(*levels: Level | None) -> float:
    """The greatest share that a grade has."""
    return max(share for one in levels if one for share in (*map(one.share, one.grades), 0.001))


def _lines(most: float) -> list[tuple[int, float]]:
    step = next((one for one in STEPS if most / one < 5), 50)
    return [(share, _top(share, most)) for share in range(0, int(most) + 1, step)]


def _bar(place: int, grade: str, level: Level, beside: Level | None, most: float) -> Bar:
    share = level.share(grade)
    other = beside.share(grade) if beside else None
    tick = None if other is None else LABELS + LONGEST * other / most
    end = max(LABELS + LONGEST * share / most, tick or 0)
    slot = 100 / len(level.grades)
    begin, wide = place * slot, slot * (0.5 if other is None else 0.38)
    return Bar(
        label=grade,
        count=level.counts[grade],
        share=f"{share:.1f}",
        or_better=f"{level.or_better(grade):.1f}",
        y=place * LINE,
        width=_percent(LONGEST * share / most),
        end=_percent(end),
        compared=None if other is None else f"{other:.1f}",
        tick=None if tick is None else _percent(tick),
        change=_change(grade, level, beside),
        middle=_percent(begin + slot / 2),
        ours=_column(begin + slot * (0.25 if other is None else 0.1), wide, share, most),
        theirs=None if other is None else _column(begin + slot * 0.52, wide, other, most),
    )


def _change(grade: str, level: Level, beside: Level | None) -> str:
    """Of it or better, in points."""
    if not beside or grade not in beside.grades:
        return ""
    return points(level.or_better(grade) - beside.or_better(grade))


def _column(x: float, width: float, share: float, most: float) -> Column:
    top = _top(share, most)
    height = round(ABOVE + TALLEST - top, 1)
    return Column(_percent(x), _percent(width), top, height)


def _top(share: float, most: float) -> float:
    return round(ABOVE + TALLEST * (1 - share / most), 1)


def points(difference: float) -> str:
    """`+3.1`, `0.0`, `−0.4`."""
    rounded = round(difference, 1)
    if not rounded:
        return "0.0"
    return f"{rounded:+.1f}".replace("-", "−")


def strips(distribution: Distribution) -> list[tuple[str, list[Piece]]]:
    """A bar in bands for each level that somebody has, by name."""
    levels = levels_of(distribution)
    rest = sum(distribution.counts[one] for one in OUTCOMES)
    if len(levels) == 1:
        found = [(levels[0].name, list(_pieces(levels[0], rest)))]
    else:  # what tells no level is in neither
        found = [(level.name, list(_pieces(level))) for level in levels]
        nowhere = Level("Of either level", (), {})
        found.append((nowhere.name, list(_pieces(nowhere, rest + distribution.counts[UNGRADED]))))
    return [(name, pieces) for name, pieces in found if pieces]


def _pieces(level: Level, rest: int = 0) -> Iterator[Piece]:
    """Those that somebody has, from left to right."""
    parts = [
        (band_name(band), sum(level.counts[one] for one in band), f"band-{place}")
        for place, band in enumerate(level.bands, 1)
    ]
    parts.append(("No grade", level.counts.get(UNGRADED, 0) + rest, "band-none"))
    total, before = level.total + rest, 0
    for label, count, tone in parts:
        if count:
            x, width = 100 * before / total, 100 * count / total
            written = f"{width:.0f}" if width >= WRITTEN_FROM else ""
            yield Piece(
                label, count, _percent(x), _percent(width), _percent(x + width / 2), tone, written
            )
            before += count


def _percent(part: float) -> str:
    return f"{part:.2f}%"
