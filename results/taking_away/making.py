"""The bytes of each file, whatever asks for them: a request, the background, File Exchange."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pikepdf

from results.taking_away import as_pdf
from results.taking_away.as_csv import csv_of
from results.taking_away.as_xlsx import write_xlsx, xlsx_bytes
from results.taking_away.heading import Heading, heading_of, syllabuses_of
from results.taking_away.kinds import Format, What
from results.taking_away.recording import record_taken
from results.taking_away.tables import Line, broadsheet, lines_of, table_of
from results.taking_away.whose import Whose

# How many candidates are laid out together: what is longer comes in parts, which keeps memory flat.
ON_A_BROADSHEET, STATEMENTS = 150, 25

# What a request makes itself: so many entries as a workbook, so many candidates as a PDF.
SMALL = {"broadsheet": 60, "statements": 12}
SMALL_XLSX = 5_000

Further = Callable[[int], None]


@dataclass(frozen=True)
class Made:
    """A file: its head, and its bytes, whole or in pieces."""

    heading: Heading
    content: bytes | Iterator[bytes]
    subject: str

    def record(self) -> None:
        record_taken(self.heading.whose, self.subject)


def file_of(what: str, format: str, whose: Whose, *, pum: bool = False) -> Made:
    """A file that is made while somebody waits. Raises CannotPrint."""
    subject = f"{What(what).label}, {Format(format).label}"
    if format == Format.PDF:
        heading = heading_of(What(what).label, whose)
        return Made(heading, pdf_of(what, whose, pum=pum, at=heading.made_at), subject)
    table = table_of(what, whose, pum=pum)
    content = csv_of(table) if format == Format.CSV else xlsx_bytes(table)
    return Made(table.heading, content, subject)


def is_small(what: str, format: str, whose: Whose) -> bool:
    """Whether it can be made while somebody waits. CSV always: it streams."""
    if format == Format.CSV:
        return True
    if format == Format.XLSX:
        return whose.entries.count() <= SMALL_XLSX
    return whose.entries.values("candidate").distinct().count() <= SMALL[what]


def broadsheet_xlsx(whose: Whose, *, pum: bool = False, at: dt.datetime | None = None) -> bytes:
    file = io.BytesIO()
    write_xlsx(broadsheet(whose, pum=pum, at=at), file)
    return file.getvalue()


def broadsheet_pdf(whose: Whose, *, pum: bool = False, at: dt.datetime | None = None) -> bytes:
    """Raises CannotPrint."""
    return pdf_of(What.BROADSHEET, whose, pum=pum, at=at)


def write(
    what: str,
    format: str,
    whose: Whose,
    file: Any,
    *,
    pum: bool = False,
    at: dt.datetime | None = None,
    further: Further = lambda done: None,
) -> None:
    """Write a workbook or a PDF to a file that cannot seek, in flat memory. `further` is told how many
    lines, or candidates, are done. Raises CannotPrint."""
    if format == Format.PDF:
        file.write(pdf_of(what, whose, pum=pum, at=at, further=further))
    else:
        write_xlsx(table_of(what, whose, pum=pum, at=at), file, further)


def pdf_of(
    what: str,
    whose: Whose,
    *,
    pum: bool = False,
    at: dt.datetime | None = None,
    further: Further = lambda done: None,
) -> bytes:
    """The broadsheet, or the statements, of one centre. Raises CannotPrint."""
    is_broadsheet = what == What.BROADSHEET
    heading = heading_of(What(what).label, whose, at=at)
    syllabuses = syllabuses_of(whose) if is_broadsheet else []
    together = ON_A_BROADSHEET if is_broadsheet else STATEMENTS
    parts, done = [], 0
    for lines in _parts(lines_of(whose, at=heading.made_at), together):
        parts.append(
            as_pdf.broadsheet_pdf(heading, syllabuses, lines, pum=pum)
            if is_broadsheet
            else as_pdf.statements_pdf(heading, lines)
        )
        done += len(lines)
        further(done)
    return parts[0] if len(parts) == 1 else _merged(parts)


def _parts(lines: Iterator[Line], together: int) -> Iterator[list[Line]]:
    """At least one, which may be empty."""
    first = True
    while (part := list(islice(lines, together))) or first:
        yield part
        first = False


def _merged(parts: list[bytes]) -> bytes:
    """One file of these. What a reader is told about the order of a page is lost by it."""
    merged = pikepdf.open(io.BytesIO(parts[0]))
    for part in parts[1:]:
        with pikepdf.open(io.BytesIO(part)) as more:
            merged.pages.extend(more.pages)
    file = io.BytesIO()
    merged.save(file, deterministic_id=True)
    return file.getvalue()
