"""The rows of a CSV file: a header row; columns in any order; how it is written, `dialect` tells.

Each line is read for itself, so that one bad line hides no other: no cell of ours holds a line
break. A column without a head is none while all its cells are empty. Empty cells at the end of a row may be
missing, but not where the file itself ends in the middle of it.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from loading.engine.cells import Wrong, is_nothing, plain, quoted
from loading.engine.dialect import MARK, Dialect, NotCsv, dialect_of
from loading.engine.report import Report, Row

LONGEST_LINE = 10_000


class Line(NamedTuple):
    number: int
    cells: list[str]
    is_whole: bool  # it ends as lines end


def csv_rows(
    file: BinaryIO, columns: tuple[str, ...], report: Report, *, optional: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Yield the rows; what is wrong with the file, its header or a whole line goes to the report."""
    try:
        dialect = dialect_of(file)
    except NotCsv as reason:
        report.add(Row(1), "file", str(reason))
        return
    lines = _lines(file, dialect, report)
    if dialect.separator_line:
        next(lines, None)
    header = next(lines, None)
    if header is None:
        report.add(Row(1), "file", f"This is empty. It needs the columns {', '.join(columns)}.")
        return
    heads = _heads(header, columns, optional, report)
    if heads is None:
        return
    all_named = "" not in heads
    for line in lines:
        if all_named and len(line.cells) == len(heads):
            yield Row(line.number, dict(zip(heads, line.cells, strict=True)))
        elif row := _fitted(line, heads, report):
            yield row


def _lines(file: BinaryIO, dialect: Dialect, report: Report) -> Iterator[Line]:
    """Yield each line that holds anything. What is not UTF-8 becomes surrogates, and half a character of
    UTF-16 a sign for it, which `cells.plain` refuses by line and column."""
    errors = "surrogateescape" if dialect.encoding == "utf-8-sig" else "replace"
    text = io.TextIOWrapper(file, encoding=dialect.encoding, errors=errors)
    number = 0
    try:
        while content := text.readline(LONGEST_LINE):
            number += 1
            if number == 1:
                content = content.lstrip(MARK)
            if len(content) == LONGEST_LINE:
                reason = "This line is too long; what follows was not read. Is it a CSV file?"
                report.add(Row(number), "row", reason)
                return
            cells = _cells(number, content, dialect.separator, report)
            if not all(map(is_nothing, cells)):
                yield Line(number, cells, content.endswith("\n"))
    finally:
        # The wrapper would close the file, which may be closed already when a load is stopped.
        with suppress(ValueError):
            text.detach()


def _cells(number: int, content: str, separator: str, report: Report) -> list[str]:
    if '"' not in content:
        return content.rstrip("\n").split(separator)  # four times as fast, and the same
    try:
        return next(csv.reader([content], delimiter=separator, strict=True), [])
    except csv.Error:
        reason = (
            "A quotation mark is out of place. Close each on its own line, write it twice inside "
            "a cell, and keep line breaks out of cells."
        )
        report.add(Row(number), "row", reason)
        return []


def _fitted(line: Line, heads: list[str], report: Report) -> Row | None:
    """The row with a cell for each head; reported is what stands under none."""
    cells, missing = line.cells, len(heads) - len(line.cells)
    if missing > 0 and not line.is_whole:
        reason = "The file ends in the middle of this row. Get it again, whole."
        report.add(Row(line.number), "row", reason)
        return None
    if not all(map(is_nothing, cells[len(heads) :])):
        reason = (
            "This has {} cells; the header row has {}. If a cell holds a comma or semicolon of its own, put "
            "quotation marks round it."
        )
        report.add(Row(line.number), "row", reason, len(cells), len(heads))
        return None
    row = Row(line.number)
    taken = dict[str, str]()
    for at, (head, cell) in enumerate(zip(heads, [*cells, *[""] * missing], strict=False), start=1):
        if head:
            taken[head] = cell
        elif not is_nothing(cell):
            reason = "{} stands in a column without a name. Empty the cell, or name its column."
            report.add(row, f"column {at}", reason, quoted(cell))
    row.cells = taken
    return row


def _heads(
    header: Line,
    columns: tuple[str, ...],
    optional: tuple[str, ...],
    report: Report,
) -> list[str] | None:
    """The header's names in their order, or None, when they are not all of these columns, and
    perhaps the optional ones."""
    row = Row(header.number)
    before = report.faults
    perhaps = f", and perhaps {', '.join(optional)}" if optional else ""
    expected = f"The columns are {', '.join(columns)}{perhaps}."
    heads: list[str] = []
    for position, cell in enumerate(header.cells, start=1):
        try:
            head = plain(cell).casefold()
        except Wrong as wrong:
            report.add(row, f"column {position}", wrong.pattern, *wrong.values)
            continue
        if head and head in heads:
            report.add(row, head, "This column stands twice. Remove one.")
        elif head and head not in (*columns, *optional):
            report.add(row, head, f"{{}} is not expected. {expected}", quoted(head))
        heads.append(head)
    for column in columns:
        if column not in heads:
            report.add(row, column, f"This column is missing. {expected}")
    return heads if report.faults == before else None
