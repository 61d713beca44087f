"""Files that were taken away, opened by libraries that did not make them."""

import csv
import io

import openpyxl
import pypdf

HEADS = "Candidate number"


def rows_of_csv(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The lines of the head, and a dictionary for each row."""
    return _read(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))))


def rows_of_xlsx(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return _read([[one or "" for one in row] for row in sheet.iter_rows(values_only=True)])


def text_of(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def _read(rows):
    at = next(number for number, row in enumerate(rows) if HEADS in row)
    head = {row[0]: next(filter(None, row[1:]), "") for row in rows[:at] if row and row[0]}
    return head, [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
