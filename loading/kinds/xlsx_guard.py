"""A guard for workbooks (xlsx): opens one, which is a zip of XML parts, without trusting it.

What would unpack to far more than its size is refused before it is read, and so is what is cut
short, lacks a part, or holds an entity that could grow. A guard stands around openpyxl.
"""

import warnings
from typing import Any, BinaryIO
from zipfile import ZipFile, ZipInfo

from openpyxl.reader.excel import ExcelReader

from core.errors import log_error
from loading.engine.cells import quoted
from loading.kinds.strict_xlsx import STRICT, StrictZip

MEGABYTE = 1024 * 1024
LARGEST = 1024 * MEGABYTE
LARGEST_BESIDE_SHEETS = 64 * MEGABYTE
MOST_PARTS = 5_000
HIGHEST_RATIO = 100

DAMAGED = (
    "This workbook is damaged. Open it in a spreadsheet, save it again as xlsx, and load that."
)
TOO_LARGE = (
    "This workbook would unpack to far more than its size. Split it, or save it again as xlsx."
)

# The parts by which other files that are a zip as well can be told.
NO_XLSX = {
    "mimetype": "This is an OpenDocument file. Save it as an Excel workbook (xlsx), and load that.",
    "word/document.xml": "This is a text document. Load the workbook from which it was made.",
    "xl/workbook.bin": "This is a binary workbook (xlsb). Save it as an Excel workbook (xlsx), and load that.",
}


class Unreadable(Exception):
    """The workbook, or the rest of a sheet, cannot be read."""


def worksheets_of(file: BinaryIO) -> list:
    """The worksheets of a sound workbook; raises Unreadable for any other file."""
    reader = guarded(_open, file)
    missing = [
        sheet.name
        for sheet, part in guarded(list, reader.parser.find_sheets())
        if part.target not in reader.valid_files
    ]
    if missing:
        raise Unreadable(f"The sheet {quoted(str(missing[0]))} is missing. {DAMAGED}")
    return reader.wb.worksheets


def _open(file: BinaryIO) -> ExcelReader:
    strict = False
    with ZipFile(file) as archive:
        for name in archive.namelist():
            if name in NO_XLSX:
                raise Unreadable(NO_XLSX[name])
        if _too_large(archive.infolist()):
            raise Unreadable(TOO_LARGE)
        # A part that is larger than it says, or cut short, fails its checksum here, while the
        # pieces are small; openpyxl reads some parts whole. No spreadsheet writes an entity.
        for part in archive.infolist():
            with archive.open(part) as content:
                while piece := content.read(MEGABYTE):
                    if b"<!ENTITY" in piece:
                        raise Unreadable(DAMAGED)
                    strict |= part.filename.endswith(".rels") and bool(STRICT.search(piece))
    file.seek(0)
    reader = ExcelReader(file, read_only=True, keep_links=False)
    if strict:
        reader.archive = StrictZip(file)
    reader.read()
    return reader


def _too_large(parts: list[ZipInfo]) -> bool:
    return (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > LARGEST
        or any(
            part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
            or ("worksheets/" not in part.filename and part.file_size > LARGEST_BESIDE_SHEETS)
            for part in parts
            if part.file_size > MEGABYTE
        )
    )


def guarded(act, *arguments) -> Any:
    """Call into openpyxl, which raises whatever a damaged workbook makes it trip over, and warns of
    what it does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return act(*arguments)
        except Unreadable:
            raise
        except Exception as error:
            log_error(error, "a workbook")  # damaged, or our fault: the place tells
            raise Unreadable(DAMAGED) from None
