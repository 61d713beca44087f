"""The bytes of each file, whatever asks for them: a request, the background, File Exchange."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from credentials.letters import ONE_AT_A_TIME
from results.taking_away import as_pdf
from results.taking_away.as_csv import csv_of
from results.taking_away.as_xlsx import write_xlsx, xlsx_bytes
from results.taking_away.binding import Binding
from results.taking_away.heading import Heading, heading_of, syllabuses_of
from results.taking_away.kinds import Format, What
from results.taking_away.recording import record_taken
from results.taking_away.tables import Line, lines_of, table_of
from results.taking_away.whose import Whose

# How many candidates are laid out together: what is longer comes in parts, which keeps memory flat.
TOGETHER = {"broadsheet": 100, "statements": 25}

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
    return whose.how_many <= SMALL[what]


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
    together: int | None = None,
) -> bytes:
    """The broadsheet, or the statements, of one centre, laid out so many `together`. Raises
    CannotPrint."""
    heading = heading_of(What(what).label, whose, at=at)
    runs: list[as_pdf.Strip | as_pdf.Statements]
    if what == What.BROADSHEET:
        binding = as_pdf.numbered_binding()
        syllabuses, how_many = syllabuses_of(whose), whose.how_many
        runs = [*as_pdf.strips(heading, syllabuses, pum=pum, how_many=how_many)]
    else:
        binding, runs = Binding(), [as_pdf.Statements(heading)]
    done = 0
    for lines, ends in _parts(lines_of(whose, at=heading.made_at), together or TOGETHER[what]):
        for at_run, run in enumerate(runs):
            if part := run.part(lines, ends=ends):
                binding.add(part, run=at_run)
        done += len(lines)
        further(done)
    with ONE_AT_A_TIME:
        return binding.finished()


def _parts(lines: Iterator[Line], together: int) -> Iterator[tuple[list[Line], bool]]:
    """At least one, which may be empty; and whether it is the last."""
    part = list(islice(lines, together))
    while more := list(islice(lines, together)):
        yield part, False
        part = more
    yield part, True
