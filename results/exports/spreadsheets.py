"""A table as CSV or as a workbook, a row at a time: the heads, then the rows.

In a workbook the heads stay in sight, with a filter; columns are as wide as the first rows need; numbers are
numbers, and what only looks like one, such as a candidate number, is a text that no spreadsheet marks as a
mistake. Printed, it is one page wide and repeats its heads; each page says of whom it is, and that it must not
be passed on while that is so. A second sheet says what the heading says.

It goes straight into the zip, so that it takes the same memory whatever its size, and nothing of it
ever stands in a file of its own on the disk. Every text is written as a text, never as a formula: one that
begins like a formula also carries the quote prefix, so that it stays a text when somebody edits the cell.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import Element

from core import csv_files
from results.exports.heading import ABOUT
from results.exports.tables import Cell, Row, Table

SAMPLE = 500  # rows that say how wide a column is
NARROWEST, WIDEST, ARROW = 7, 48, 4  # in characters; the arrow of the filter takes some of a head
LINE_HEIGHT = 15  # of the heads, in points
A4 = 9  # as the format numbers sizes of paper
HEAD = PatternFill("solid", fgColor="FFE3EAF5")
RED = "FFC00000"
FROZEN = ("Name", "Forenames")  # the last column that stays in sight
ABOUT_SHEET = "About this file"
LONGEST_HEADER = 100  # of each of its parts; a header holds 255
EVERY = 500  # rows between two words on how far it is

ReportDone = Callable[[int], None]  # called with how many rows, or candidates, are done


def csv_of(table: Table) -> Iterator[bytes]:
    return csv_files.pieces(table.rows, heads=table.heads)


def xlsx_bytes(table: Table) -> bytes:
    """The whole workbook, of a table that is small."""
    file = io.BytesIO()
    write_xlsx(table, file)
    return file.getvalue()


def write_xlsx(table: Table, file: Any, report_done: ReportDone = lambda rows: None) -> None:
    """Write it to a file that need not be able to seek. `report_done` is told how many rows it has by now."""
    workbook = Workbook(write_only=True)
    made_at = table.heading.made_at.astimezone(dt.UTC).replace(tzinfo=None)
    workbook.properties.created = workbook.properties.modified = made_at
    workbook.properties.creator = "Direct"
    workbook.properties.title = table.heading.title
    sheet, about = workbook.create_sheet(table.heading.title), workbook.create_sheet(ABOUT_SHEET)
    first = list(islice(table.rows, SAMPLE))
    _arrange(sheet, table, first)
    fill = {
        sheet: lambda: _fill(sheet, table.heads, chain(first, table.rows), report_done),
        about: lambda: _fill_about(about, table),
    }
    with Archive(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=4) as archive:
        Streamed(workbook, archive, fill).write_data()


class Archive(zipfile.ZipFile):
    """Tells nothing of when it was written: the same table gives the same bytes."""

    def writestr(self, zinfo_or_arcname: Any, *args: Any, **kwargs: Any) -> None:
        super().writestr(_member(zinfo_or_arcname), *args, **kwargs)


class Streamed(ExcelWriter):
    """Where openpyxl writes a sheet to a temporary file first, this writes it into the zip at once."""

    def __init__(self, workbook: Workbook, archive: zipfile.ZipFile, fill: dict[Any, Callable]):
        super().__init__(workbook, archive)
        self._fill = fill

    def write_worksheet(self, ws: Any) -> None:
        with self._archive.open(_member(ws.path[1:]), "w", force_zip64=True) as member:
            ws._writer = SheetWriter(ws, member)
            ws._writer.write_top()
            self._fill[ws]()
            ws.close()
        ws._drawing = None
        ws._rels = ws._writer._rels
        self.manifest.append(ws)


class SheetWriter(WorksheetWriter):
    """Says of all cells that a text may look like a number; openpyxl knows no such element."""

    def write_drawings(self) -> None:
        if of_them := self.ws.auto_filter.ref:
            errors = Element("ignoredErrors")
            errors.append(Element("ignoredError", sqref=of_them, numberStoredAsText="1"))
            self.xf.send(errors)
        super().write_drawings()


def _member(name: str) -> zipfile.ZipInfo:
    """At the first instant that a zip can name."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _arrange(sheet: Any, table: Table, first: Sequence[Row]) -> None:
    """The heads stay in sight, and stand at the top of every page that is printed."""
    heading = table.heading
    fixed = next(at for at, head in enumerate(table.heads, 1) if head in FROZEN)
    sheet.freeze_panes = f"{get_column_letter(fixed + 1)}2"
    sheet.print_title_rows = "1:1"
    sheet.print_title_cols = f"A:{get_column_letter(fixed)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if heading.restricted:
        sheet.sheet_properties.tabColor = RED
    sheet.oddHeader.left.text = _header(f"{heading.title}, {heading.centre}, {heading.series}")
    sheet.oddHeader.right.text = _header(heading.status)
    sheet.oddFooter.left.text = _header(f"Made {heading.made} by {heading.by}")
    sheet.oddFooter.right.text = "Page &P of &N"
    lines = 1
    for at, head in enumerate(table.heads):
        widest = max((_width(row[at]) for row in first), default=0)
        words = max(map(len, head.split())) + ARROW
        width = max(NARROWEST, min(WIDEST, max(widest + 2, words)))
        sheet.column_dimensions[get_column_letter(at + 1)].width = width
        lines = max(lines, -(-(len(head) + ARROW) // (width - ARROW)))
    sheet.row_dimensions[1].height = LINE_HEIGHT * lines


def _width(cell: Cell) -> int:
    """In characters: those of Chinese, Japanese and Korean take twice the room."""
    text = "" if cell is None else str(cell)
    return len(text) if text.isascii() else sum(1 + (east_asian_width(one) in "WF") for one in text)


def _header(text: str) -> str:
    """As a header has it, where `&` begins a command."""
    text = ILLEGAL_CHARACTERS_RE.sub("", " ".join(text.split()))
    cut = text if len(text) <= LONGEST_HEADER else f"{text[: LONGEST_HEADER - 1]}…"
    return cut.replace("&", "&&")


def _fill(sheet: Any, heads: Sequence[str], rows: Iterator[Row], report_done: ReportDone) -> None:
    wrapped = Alignment(wrap_text=True, vertical="top")
    style = {"font": Font(bold=True), "fill": HEAD, "alignment": wrapped}
    sheet.append([_cell(sheet, one, **style) for one in heads])
    number, kept = 0, [_cell(sheet, "", number_format="@") for _ in heads]
    for number, row in enumerate(rows, 1):
        sheet.append([_plain(sheet, cell, kept[at]) for at, cell in enumerate(row)])
        if number % EVERY == 0:
            report_done(number)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{number + 1}"
    says_about = tuple(heads[-len(ABOUT) :]) == ABOUT  # as the head and foot of a page do
    on_paper = len(heads) - len(ABOUT) * says_about
    sheet.print_area = f"A1:{get_column_letter(on_paper)}{number + 1}"


def _fill_about(sheet: Any, table: Table) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 48, 96
    for label, value in table.heading.lines:
        sheet.append([_cell(sheet, label, font=Font(bold=True)), _cell(sheet, value)])


def _plain(sheet: Any, cell: Cell, as_text: WriteOnlyCell) -> Any:
    """A cell as it is; one of its own where its text looks like something else than text. `as_text`: that of
    its column for what looks like a number."""
    if isinstance(cell, str):
        if not cell:
            return None
        if cell.isdigit():
            as_text.value = cell
            as_text.data_type = "s"
            return as_text
        if _needs_a_quote(cell) or not cell.isprintable():
            return _cell(sheet, cell)
    return cell


def _needs_a_quote(text: str) -> bool:
    """Whether it would be another thing than text once somebody has edited the cell."""
    return csv_files.begins_like_a_formula(text) or text.startswith(("\t", "\r", "#"))


def _cell(sheet: Any, text: str, **style: Any) -> WriteOnlyCell:
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    for name, value in style.items():
        setattr(cell, name, value)
    if _needs_a_quote(text):
        cell.quotePrefix = True
    return cell
