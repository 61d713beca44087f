"""A table as CSV or as a workbook, a row at a time: first the lines of its head, an empty one, the heads,
the rows.

A workbook goes straight into the zip, so that it takes the same memory whatever its size, and nothing of it
ever stands in a file of its own on the disk. Every text is written as a text, never as a formula: one that
begins like a formula also carries the quote prefix, so that it stays a text when somebody edits the cell.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from core import csv_files
from results.exports.tables import Cell, Table

WIDTHS = {"Centre": 9, "Candidate number": 10, "Name": 34, "UCI": 16, "Title": 30}
WIDTHS |= {"Qualification": 34, "Result": 22, "Option": 8, "Syllabus": 9, "PUM": 7}
OTHER_WIDTH = 14
A4 = 9  # as the format numbers sizes of paper
HEAD = PatternFill("solid", fgColor="FFE3EAF5")
EVERY = 500  # rows between two words on how far it is

ReportDone = Callable[[int], None]  # called with how many rows, or candidates, are done


def csv_of(table: Table) -> Iterator[bytes]:
    return csv_files.pieces(table.rows, head=[*table.heading.lines, [], table.heads])


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
    sheet = workbook.create_sheet(table.heading.title)
    _arrange(sheet, table)
    with Archive(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=4) as archive:
        Streamed(workbook, archive, lambda: _fill(sheet, table, report_done)).write_data()


class Archive(zipfile.ZipFile):
    """Tells nothing of when it was written: the same table gives the same bytes."""

    def writestr(self, zinfo_or_arcname: Any, *args: Any, **kwargs: Any) -> None:
        super().writestr(_member(zinfo_or_arcname), *args, **kwargs)


class Streamed(ExcelWriter):
    """Where openpyxl writes a sheet to a temporary file first, this writes it into the zip at once."""

    def __init__(self, workbook: Workbook, archive: zipfile.ZipFile, fill: Callable[[], None]):
        super().__init__(workbook, archive)
        self._fill = fill

    def write_worksheet(self, ws: Any) -> None:
        with self._archive.open(_member(ws.path[1:]), "w", force_zip64=True) as member:
            ws._writer = WorksheetWriter(ws, member)
            ws._writer.write_top()
            self._fill()
            ws.close()
        ws._drawing = None
        ws._rels = ws._writer._rels
        self.manifest.append(ws)


def _member(name: str) -> zipfile.ZipInfo:
    """At the first instant that a zip can name."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _arrange(sheet: Any, table: Table) -> None:
    """The heads stay in sight, and stand at the top of every page that is printed."""
    head = len(table.heading.lines) + 2
    fixed = table.heads.index("Name") + 2
    sheet.freeze_panes = f"{get_column_letter(fixed)}{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.print_title_cols = f"A:{get_column_letter(fixed - 1)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    for number, head_text in enumerate(table.heads, 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = WIDTHS.get(head_text, OTHER_WIDTH)


def _fill(sheet: Any, table: Table, report_done: ReportDone) -> None:
    for label, value in table.heading.lines:
        sheet.append([_cell(sheet, label, font=Font(bold=True)), *[None] * 2, _cell(sheet, value)])
    sheet.append([])
    wrapped = Alignment(wrap_text=True, vertical="top")
    style = {"font": Font(bold=True), "fill": HEAD, "alignment": wrapped}
    sheet.append([_cell(sheet, one, **style) for one in table.heads])
    for number, row in enumerate(table.rows, 1):
        sheet.append([_plain(sheet, cell) for cell in row])
        if number % EVERY == 0:
            report_done(number)


def _plain(sheet: Any, cell: Cell) -> Any:
    """A cell as it is; one of its own where its text looks like something else than text."""
    if isinstance(cell, str):
        if not cell:
            return None
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
