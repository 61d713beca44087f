"""The registry of the kinds of files that the board loads: how each is recognised and read.

A kind is known by its heads, however the file is written (`loading.engine.dialect`); a workbook, by its
content, holds results.
"""

from collections.abc import Iterator
from typing import BinaryIO

from loading.engine.csv_reader import csv_rows
from loading.engine.dialect import dialect_of
from loading.engine.loader import Kind
from loading.engine.report import Report, Row
from loading.kinds.centres import CentresFile
from loading.kinds.entries import EntriesFile
from loading.kinds.results import ResultsFile
from loading.kinds.series import SeriesFile
from loading.kinds.staff import StaffFile
from loading.kinds.syllabuses import SyllabusesFile
from loading.kinds.workbook import MAGIC, workbook_rows

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (CentresFile, SyllabusesFile, SeriesFile, StaffFile, EntriesFile, ResultsFile)
}


def rows_of(kind: Kind, stream: BinaryIO, report: Report) -> Iterator[Row]:
    """The rows of the file; a workbook is known by its content, not by its name."""
    if isinstance(kind, ResultsFile) and is_workbook(stream):
        return workbook_rows(stream, report)
    return csv_rows(stream, kind.columns, report, optional=kind.optional)


def is_workbook(stream: BinaryIO) -> bool:
    start = stream.read(len(MAGIC))
    stream.seek(0)
    return start == MAGIC


def kind_of(stream: BinaryIO) -> str:
    """The kind of this file, as its heads tell; "" where they are not all of those of any kind. Raises
    NotCsv."""
    if is_workbook(stream):
        return ResultsFile.name
    heads = set(dialect_of(stream).heads) - {""}
    for kind in KINDS.values():
        if set(kind.columns) <= heads <= {*kind.columns, *kind.optional}:
            return kind.name
    return ""
