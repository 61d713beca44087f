"""Files that were downloaded, opened by libraries that did not make them."""

import csv
import io

import pypdf
import python_calamine

HEADS = "Candidate number"


def rows_of_csv(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The lines of the head, and a dictionary for each row."""
    return _read(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))))


def rows_of_xlsx(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Read by calamine, as openpyxl has made it."""
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return _read([[_plain(cell) for cell in row] for row in rows])


def _plain(cell):
    """A number without a fraction as a whole one: the format knows no other."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def text_of(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def _read(rows):
    at = next(number for number, row in enumerate(rows) if HEADS in row)
    head = {row[0]: next(filter(None, row[1:]), "") for row in rows[:at] if row and row[0]}
    return head, [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
