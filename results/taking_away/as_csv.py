"""A table as CSV, a piece at a time: first the lines of its head, an empty one, the heads, the rows.

No cell is one that a spreadsheet would run: defusedcsv puts an apostrophe before what looks like one.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from defusedcsv import csv

from results.taking_away.tables import Table

OVERLOOKED = ("\t", "\r", "\n", " ")
AT_ONCE = 500  # rows in a piece


def csv_of(table: Table) -> Iterator[bytes]:
    return pieces_of([*table.heading.lines, [], table.heads], table.rows)


def pieces_of(head: Iterable[Sequence[Any]], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with the mark by which a spreadsheet knows it; the head goes out before a row is read."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerows([[_shown(cell) for cell in row] for row in head])
    yield _taken(buffer)
    for number, row in enumerate(rows, 1):
        writer.writerow([_shown(cell) for cell in row])
        if number % AT_ONCE == 0:
            yield _taken(buffer)
    if rest := _taken(buffer):
        yield rest


def _shown(cell: Any) -> Any:
    """What a spreadsheet would overlook before a formula, and defusedcsv does too, is made to be seen."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(OVERLOOKED) else cell


def _taken(buffer: io.StringIO) -> bytes:
    """What was written since the last time."""
    written = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return written.encode()
