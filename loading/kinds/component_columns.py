"""Component columns of a results sheet: which hold the marks of which component, and how they are read.

Between the candidate's number and the syllabus total stand, for each component, a raw mark, an
adjusted mark and a grade, or some of them. The component's number stands in the head itself
(`Component 11 Raw mark`), or in a row of its own above or below the heads, where one cell may be
merged over all columns of its component.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from loading.engine.cells import legible, matching, plain, remembered, text
from results.components import Components

NUMBER = r"(?:component )?(?:[0-9]{4}/)?([0-9]{1,2})"
HEAD = re.compile(rf"(?:{NUMBER} )?(raw mark|adjusted mark|grade)")
PARTS = {"raw mark": "raw", "adjusted mark": "adjusted", "grade": "grade"}

a_mark = matching(
    r"[0-9]{1,4}([.,][0-9]{1,6})?|[A-Za-z*]{1,10}", "a mark. Write a number, or a word such as ABS."
)
BINARY_FRACTION = re.compile(r"[0-9]{1,4}\.[0-9]{13,}")  # 61.60000000000001, where it is text
NONE = ("", "-", "–", "—")  # how files write that there is none


class Column(NamedTuple):
    """Where a part of a component's marks stands; `number` is empty where no component is named."""

    at: int
    number: str
    part: str


def component_columns(
    heads: Sequence[str], numbers: Sequence[str], first: int, end: int
) -> list[Column]:
    """The components' columns from the first to before the end; `numbers` is the row of their own."""
    return list(_columns(heads, numbers, first, end))


def _columns(
    heads: Sequence[str], numbers: Sequence[str], first: int, end: int
) -> Iterator[Column]:
    merged = ""
    for at in range(first, end):
        if named := re.fullmatch(NUMBER, _low(numbers, at)):
            merged = named[1]
        elif _low(numbers, at):
            merged = ""  # another text of that row: what it stands over is no component's
        if head := HEAD.fullmatch(_low(heads, at)):
            number = head[1] or merged
            yield Column(at, number.zfill(2) if number else "", PARTS[head[2]])


def _low(row: Sequence[str], at: int) -> str:
    return " ".join(row[at].split()).casefold() if at < len(row) else ""


@remembered
def mark(cell: str) -> str:
    """A raw or an adjusted mark; empty where there is none. Raises Wrong."""
    value = plain(cell)
    if BINARY_FRACTION.fullmatch(value):
        value = f"{float(value):.15g}"
    return "" if value in NONE else a_mark(value)


@remembered
def grade(cell: str) -> str:
    """A component's grade, of whatever scale; empty where there is none. Raises Wrong."""
    value = plain(cell)
    return "" if value in NONE else text(10)(value)


CONVERTERS = {"raw": mark, "adjusted": mark, "grade": grade}


def in_words(components: Components) -> str:
    """As the page of a load shows them: “12: raw 65, grade B; 33: raw ABS”."""
    said = (
        (one.number, [f"{part} {value}" for part, value in one._asdict().items() if value][1:])
        for one in components
    )
    return legible("; ".join(f"{number}: {', '.join(parts)}" for number, parts in said), 200)
