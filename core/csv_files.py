"""CSV files of ours: no cell runs as a formula in a spreadsheet.

UTF-8 with the mark by which a spreadsheet knows it, lines that end in CR LF. Text is never read as a
formula: an apostrophe stands before what begins like one, after spaces and quotation marks too, and
wherever a spreadsheet that goes by another separator would begin a cell of its own: behind `;`, a tab, a
line break. Text is guarded whatever it says, “-5” and “+44 20 7946 0000” as well; a true number is not.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

MARK = "\ufeff"
AT_ONCE = 500  # rows in a piece
STARTS = "=+@|%＝＋－＠\\-"  # by which a spreadsheet knows a formula, or a command (`|`, `%`)
BREAK = ";\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"  # behind which some spreadsheet begins a cell
OVERLOOKED = "[\\s\"'\ufeff\u200b-\u200f\u2060]*"  # what one overlooks before a formula
FORMULA = re.compile(f"(^|\r\n|[{BREAK}])(?={OVERLOOKED}[{STARTS}])")
LIKE_A_FORMULA = re.compile(f"{OVERLOOKED}[{STARTS}]")


def begins_like_a_formula(text: str) -> bool:
    return bool(LIKE_A_FORMULA.match(text))


def guarded(cell: Any) -> Any:
    """The cell as it may stand in a CSV. What a spreadsheet would overlook before a formula, at the
    beginning of a cell, is made to be seen."""
    if not isinstance(cell, str):
        return cell
    if cell[:1] in ("\t", "\r", "\n", " "):
        cell = f"'{cell}"
    return FORMULA.sub(r"\1'", cell)


def pieces(rows: Iterable[Sequence[Any]], *, heads: Sequence[str]) -> Iterator[bytes]:
    """The file, a piece at a time; its heads are the first line, and go out before a row is read."""
    lines = Lines()
    yield lines.written([heads])
    some: list[Sequence[Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield lines.written(some)
            some.clear()
    if some:
        yield lines.written(some)


def as_it_is(rows: Iterable[Sequence[Any]]) -> bytes:
    """Of a file that the site alone reads again, so that nothing of it is guarded."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


class Lines:
    """For who writes rows as they come: gives the bytes of each; the mark stands before the first."""

    def __init__(self) -> None:
        self._buffer = io.StringIO(newline="")
        self._buffer.write(MARK)
        self._writer = csv.writer(self._buffer)

    def written(self, rows: Iterable[Sequence[Any]]) -> bytes:
        self._writer.writerows([guarded(cell) for cell in row] for row in rows)
        written = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return written.encode()
