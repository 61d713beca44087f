"""Building an export: its bytes, whatever asks for them, a request, a job or File Exchange."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from core.pdf.layout import ONE_AT_A_TIME
from core.pdf.merging import Binding
from results.exports import pdf
from results.exports.heading import Heading, heading_of, syllabuses_of
from results.exports.selection import Selection, record_download
from results.exports.spreadsheets import ReportDone, csv_of, write_xlsx, xlsx_bytes
from results.exports.tables import Line, lines_of, table_of
from results.models import Format, What

# How many candidates are laid out together: what is longer comes in parts, which keeps memory flat.
TOGETHER = {"broadsheet": 100, "statements": 25}

# What a request makes itself: so many entries as a workbook, so many candidates as a PDF.
SMALL = {"broadsheet": 60, "statements": 12}
SMALL_XLSX = 5_000


@dataclass(frozen=True)
class Made:
    """A file: its head, and its bytes, whole or in pieces."""

    heading: Heading
    content: bytes | Iterator[bytes]
    subject: str

    def record(self) -> None:
        record_download(self.heading.selection, self.subject)


def file_of(what: str, format: str, selection: Selection, *, pum: bool = False) -> Made:
    """A file that is made while somebody waits. Raises CannotPrint."""
    subject = f"{What(what).label}, {Format(format).label}"
    if format == Format.PDF:
        heading = heading_of(What(what).label, selection)
        return Made(heading, pdf_of(what, selection, pum=pum, at=heading.made_at), subject)
    table = table_of(what, selection, pum=pum)
    content = csv_of(table) if format == Format.CSV else xlsx_bytes(table)
    return Made(table.heading, content, subject)


def is_small(what: str, format: str, selection: Selection) -> bool:
    """Whether it can be made while somebody waits. CSV always: it streams."""
    if format == Format.CSV:
        return True
    if format == Format.XLSX:
        return selection.entries.count() <= SMALL_XLSX
    return selection.how_many <= SMALL[what]


def write(
    what: str,
    format: str,
    selection: Selection,
    file: Any,
    *,
    pum: bool = False,
    at: dt.datetime | None = None,
    report_done: ReportDone = lambda done: None,
) -> None:
    """Write a workbook or a PDF to a file that cannot seek, in flat memory. `report_done` is told how many
    lines, or candidates, are done. Raises CannotPrint."""
    if format == Format.PDF:
        file.write(pdf_of(what, selection, pum=pum, at=at, report_done=report_done))
    else:
        write_xlsx(table_of(what, selection, pum=pum, at=at), file, report_done)


def pdf_of(
    what: str,
    selection: Selection,
    *,
    pum: bool = False,
    at: dt.datetime | None = None,
    report_done: ReportDone = lambda done: None,
    together: int | None = None,
) -> bytes:
    """The broadsheet, or the statements, of one centre, laid out so many `together`. Raises
    CannotPrint."""
    heading = heading_of(What(what).label, selection, at=at)
    runs: list[pdf.Strip | pdf.Statements]
    if what == What.BROADSHEET:
        binding = pdf.numbered_binding()
        syllabuses, how_many = syllabuses_of(selection), selection.how_many
        runs = [*pdf.strips(heading, syllabuses, pum=pum, how_many=how_many)]
    else:
        binding, runs = Binding(), [pdf.Statements(heading)]
    done = 0
    for lines, ends in _parts(lines_of(selection, at=heading.made_at), together or TOGETHER[what]):
        for at_run, run in enumerate(runs):
            if part := run.part(lines, ends=ends):
                binding.add(part, run=at_run)
        done += len(lines)
        report_done(done)
    with ONE_AT_A_TIME:
        return binding.finished()


def _parts(lines: Iterator[Line], together: int) -> Iterator[tuple[list[Line], bool]]:
    """At least one, which may be empty; and whether it is the last."""
    part = list(islice(lines, together))
    while more := list(islice(lines, together)):
        yield part, False
        part = more
    yield part, True
