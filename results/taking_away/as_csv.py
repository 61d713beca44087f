"""A table as CSV, a piece at a time: first the lines of its head, an empty one, the heads, the rows."""

from collections.abc import Iterator

from centres import csv_files
from results.taking_away.tables import Table


def csv_of(table: Table) -> Iterator[bytes]:
    return csv_files.pieces(table.rows, head=[*table.heading.lines, [], table.heads])
