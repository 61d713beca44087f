"""Files that were downloaded, opened by libraries that did not make them."""

import csv
import io

import pypdf
import python_calamine


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    """A dictionary for each row, by the heads in the first line."""
    assert content.startswith("\ufeff".encode())
    return _read(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))))


def rows_of_xlsx(content: bytes) -> list[dict[str, str]]:
    """Read by calamine, as openpyxl has made it."""
    return _read([[_plain(cell) for cell in row] for row in _sheet(content, 0)])


def about(content: bytes) -> dict[str, str]:
    """What the second sheet of a workbook says of the file."""
    return dict(_sheet(content, 1))


def _sheet(content: bytes, at: int) -> list:
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return workbook.get_sheet_by_index(at).to_python(skip_empty_area=False)


def _plain(cell):
    """A number without a fraction as a whole one: the format knows no other."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def text_of(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def _read(rows):
    heads, *rows = rows
    assert "Candidate number" in heads
    return [dict(zip(heads, row, strict=True)) for row in rows]
