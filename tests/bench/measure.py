"""Times, medians and tables: what every benchmark does with its clock."""

from collections.abc import Callable, Sequence
from math import ceil
from statistics import median
from time import perf_counter
from typing import Any

ROUNDS = 5
MILLI = 1e-3


def rounds(quick: bool) -> range:
    return range(1 if quick else ROUNDS)


def seconds(act: Callable[[], Any]) -> float:
    """How long an act takes."""
    start = perf_counter()
    act()
    return perf_counter() - start


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent of the values do not exceed."""
    return sorted(values)[ceil(len(values) * percent / 100) - 1]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times theirs ours is: the median over rounds, each measured side by side."""
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


def rounded(figure: float) -> float:
    """To four figures: more would pretend."""
    return float(f"{figure:.4g}")


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str | float]]) -> None:
    """Print a title, column heads, and rows whose first cell says what was measured."""
    lines = [list(heads), *([row[0], *map(_cell, row[1:])] for row in rows)]
    widths = [max(len(str(line[column])) for line in lines) for column in range(len(heads))]
    print(title)
    for line in lines:
        first, *cells = (str(cell) for cell in line)
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        print("  ".join([first.ljust(widths[0]), *numbers]))


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else f"{rounded(value):,.10g}"
