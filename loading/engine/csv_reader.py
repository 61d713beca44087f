"""The rows of a CSV file: UTF-8, with or without BOM; a header row; commas; columns in any order.

Each line is read for itself, so that one bad line hides no other: no cell of ours holds a line
break. What cannot be a CSV file at all is said once.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from loading.engine.cells import Wrong, plain, quoted
from loading.engine.report import Report, Row

LONGEST_LINE = 10_000
SAVE_AS = "Save it as “CSV UTF-8” and load it again."
NOT_CSV = {
    b"PK\x03\x04": f"This is a workbook, from which only results can be loaded. {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": "This is a workbook of the old kind, or one with a password. Save it as "
    "an xlsx workbook without a password, or as “CSV UTF-8”, and load it again.",
    b"\xff\xfe": f"This is UTF-16, not UTF-8. {SAVE_AS}",
    b"\xfe\xff": f"This is UTF-16, not UTF-8. {SAVE_AS}",
}


def csv_rows(
    file: BinaryIO, columns: tuple[str, ...], report: Report, *, optional: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Yield the rows; what is wrong with the file, its header or a whole line goes to the report."""
    if reason := _why_no_csv(file):
        report.add(Row(1), "file", reason)
        return
    lines = _lines(file, report)
    header = next(lines, None)
    if header is None:
        report.add(Row(1), "file", f"This is empty. It needs the columns {', '.join(columns)}.")
        return
    heads = _heads(header, columns, optional, report)
    if heads is None:
        return
    for line, cells in lines:
        if len(cells) == len(heads):
            yield Row(line, dict(zip(heads, cells, strict=True)))
        else:
            report.add(
                Row(line), "row", f"This has {len(cells)} cells; the header row has {len(heads)}."
            )


def _why_no_csv(file: BinaryIO) -> str:
    start = file.read(4096)
    file.seek(0)
    for magic, reason in NOT_CSV.items():
        if start.startswith(magic):
            return reason
    return f"This is not a CSV file. {SAVE_AS}" if b"\0" in start else ""


def _lines(file: BinaryIO, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line that holds anything. What is not UTF-8 becomes
    surrogates, which `cells.plain` refuses by line and column."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape")
    number = 0
    try:
        while content := text.readline(LONGEST_LINE):
            number += 1
            if len(content) == LONGEST_LINE:
                reason = "This line is too long; what follows was not read. Is it a CSV file?"
                report.add(Row(number), "row", reason)
                return
            cells = _cells(number, content, report)
            if any(map(str.strip, cells)):
                yield number, cells
    finally:
        # The wrapper would close the file, which may be closed already when a load is stopped.
        with suppress(ValueError):
            text.detach()


def _cells(number: int, content: str, report: Report) -> list[str]:
    if '"' not in content:
        return content.rstrip("\n").split(",")  # four times as fast, and the same
    try:
        return next(csv.reader([content], strict=True), [])
    except csv.Error:
        reason = (
            "A quotation mark is out of place. Close each on its own line, write it twice inside "
            "a cell, and keep line breaks out of cells."
        )
        report.add(Row(number), "row", reason)
        return []


def _heads(
    header: tuple[int, list[str]],
    columns: tuple[str, ...],
    optional: tuple[str, ...],
    report: Report,
) -> list[str] | None:
    """The header's names in their order, or None, when they are not all of these columns, and
    perhaps the optional ones."""
    line, cells = header
    before = report.bad
    perhaps = f", and perhaps {', '.join(optional)}" if optional else ""
    expected = f"The columns are {', '.join(columns)}{perhaps}."
    if len(cells) == 1 and any(mark in cells[0] for mark in ";\t"):
        report.add(Row(line), "row", f"The cells are not separated by commas. {SAVE_AS}")
        return None
    heads: list[str] = []
    for position, cell in enumerate(cells, start=1):
        try:
            head = plain(cell).casefold()
        except Wrong as wrong:
            report.add(Row(line), f"column {position}", str(wrong))
            continue
        if head in heads:
            report.add(Row(line), head, "This column stands twice. Remove one.")
        elif head not in (*columns, *optional):
            name = quoted(head) if head else "A column without a name"
            report.add(
                Row(line), head or f"column {position}", f"{name} is not expected. {expected}"
            )
        heads.append(head)
    for column in columns:
        if column not in heads:
            report.add(Row(line), column, f"This column is missing. {expected}")
    return heads if report.bad == before else None
