"""The rows of a Cambridge results workbook (xlsx), one sheet after the other.

A results sheet is known by six heads in their order; anything may stand between them, a column of
names among it, and a row or two above. Its name, `June_2026_9702`, gives the series and the syllabus.
The components' columns are those of `loading.kinds.component_columns`. Other sheets are notes and summaries,
and are passed over.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from centres.models.series import MONTHS
from loading.engine.cells import A_FORMULA, Wrong, is_formula, is_nothing, legible, quoted
from loading.engine.report import Report, Row
from loading.kinds.component_columns import CONVERTERS, Column, component_columns
from loading.kinds.xlsx_guard import DAMAGED, Unreadable, guarded, worksheets_of
from results.components import Component, Components

MAGIC = b"PK"
LAST_ROW = 1_048_576
LAST_COLUMN = 256  # a line is as long as its last cell is far, and Excel's last column is 16,384th
HEAD_ROWS = 20

# Our column -> the heads that it may have; their order is the sheet's order.
HEADS = {
    "syllabus": ("syllabus",),
    "option_code": ("option code",),
    "centre": ("centre number",),
    "candidate_number": ("candidate number",),
    "total": ("syllabus total", "syllabus mark total"),
    "grade": ("syllabus grade",),
}
NAME = "candidate name"  # stands between them, where it stands
SHOWN_HEADS = {
    "series": "name of the sheet",
    "syllabus": "Syllabus",
    "centre": "Centre number",
    "candidate_number": "Candidate number",
    "grade": "Syllabus grade",
    "option_code": "Option code",
    "candidate_name": "Candidate name",
}
MOST_DECIMALS = 6  # that a mark may have
FIXED = re.compile(r"0(?:\.(0*))?")
DIGITS = {"syllabus": 4, "centre": 5, "candidate_number": 4}
SHEET_NAME = re.compile(rf"({'|'.join(MONTHS.values())})_(20[0-9]{{2}})_([0-9]{{4}})", re.I)

SIX_HEADS = "Syllabus, Option code, Centre number, Candidate number, Syllabus total, Syllabus grade"


class Sheet(NamedTuple):
    """A results sheet: what its name says, where its columns are, and what is above them."""

    name: str
    number: int
    series: str
    syllabus: str
    columns: Mapping[str, int]
    heads: tuple[str, ...]
    above: tuple[str, ...]
    head_line: int

    def components(self, numbers: Sequence[str]) -> list[Column]:
        """The components' columns, when their numbers stand in this row, if not in the heads."""
        first, end = self.columns["candidate_number"] + 1, self.columns["total"]
        return component_columns(self.heads, numbers, first, end)


@dataclass(eq=False, slots=True)
class SheetRow(Row):
    """A row of a results sheet, with the components that the candidate sat."""

    components: Components = ()


def workbook_rows(file: BinaryIO, report: Report) -> Iterator[Row]:
    """Yield the results of every results sheet; what is wrong with workbook and sheets is reported."""
    try:
        worksheets = worksheets_of(file)
    except Unreadable as unreadable:
        report.add(Row(1), "file", str(unreadable))
        return
    before, found = report.faults, False
    for number, worksheet in enumerate(worksheets, start=1):
        lines = _lines(worksheet)
        place = Row(1, sheet=worksheet.title, sheet_number=number)
        try:
            sheet = _sheet(worksheet.title, number, lines, report)
            found |= sheet is not None
            if sheet:
                for place in _rows(sheet, lines, report):
                    yield place
        except Unreadable:
            report.add(place, "sheet", f"What follows cannot be read. {DAMAGED}")
    if not found and report.faults == before:
        reason = (
            f"No sheet has the heads of a results sheet: {SIX_HEADS}. From a workbook only results are taken; "
            "save any other kind of file as “CSV UTF-8”."
        )
        report.add(Row(1), "file", reason)


def _lines(worksheet) -> Iterator[tuple[int, tuple]]:
    """Yield the number and the cells of each line that holds anything."""
    # Many programs write wrong dimensions, and openpyxl would stop where they end.
    worksheet.reset_dimensions()
    cells = worksheet.iter_rows(max_row=LAST_ROW, max_col=LAST_COLUMN)
    number = 0
    while (line := guarded(next, cells, None)) is not None:
        number += 1
        if any(_text(cell) for cell in line):
            yield number, line


def _sheet(
    name: str, number: int, lines: Iterator[tuple[int, tuple]], report: Report
) -> Sheet | None:
    """The results sheet with its heads, or None for any other sheet."""
    named = SHEET_NAME.fullmatch(name)
    place = Row(1, sheet=name, sheet_number=number)
    above: tuple[str, ...] = ()
    for line, cells in lines:
        if line > HEAD_ROWS:
            break
        heads = tuple(" ".join(_text(cell).split()) for cell in cells)
        columns = _columns(heads)
        if columns and named:
            month, year, syllabus = named.groups()
            return Sheet(name, number, f"{month} {year}", syllabus, columns, heads, above, line)
        if columns:
            place = Row(line, sheet=name, sheet_number=number)
            reason = "{} names no series. Name the sheet like June_2026_9702."
            report.add(place, "name of the sheet", reason, quoted(name))
            return None
        above = heads
    if named:
        reason = f"The six heads of a results sheet are not here, in this order: {SIX_HEADS}."
        report.add(place, "heads", reason)
    return None


def _columns(heads: tuple[str, ...]) -> dict[str, int] | None:
    """Where the six heads stand, when all do, once and in order."""
    low = [head.casefold() for head in heads]
    places = {}
    for column, names in HEADS.items():
        at = [index for index, head in enumerate(low) if head in names]
        if len(at) != 1:
            return None
        places[column] = at[0]
    in_order = all(left < right for left, right in pairwise(places.values()))
    if not in_order:
        return None
    if NAME in low:
        places["candidate_name"] = low.index(NAME)
    return places


def _rows(sheet: Sheet, lines: Iterator[tuple[int, tuple]], report: Report) -> Iterator[Row]:
    components: Sequence[Column] | None = None
    for line, cells in lines:
        values = {column: _cell(cells, at, column) for column, at in sheet.columns.items()}
        if line == sheet.head_line + 1 and not any(values.values()):
            # The components' numbers, in a row of their own.
            components = _checked(sheet, [_text(cell) for cell in cells], report)
            continue
        if components is None:
            components = _checked(sheet, sheet.above, report)
        taken = {column: values[column] for column in SHOWN_HEADS if column in values}
        said = {"series": sheet.series, **taken}
        row = SheetRow(line, said, sheet.name, sheet.number, SHOWN_HEADS)
        _check(sheet, row, cells, report, beside={column.at for column in components})
        row.components = _sat(sheet, row, cells, components, report)
        yield row


def _checked(sheet: Sheet, numbers: Sequence[str], report: Report) -> list[Column]:
    """The components' columns; one that names no component, or a second of the same, is reported."""
    columns = sheet.components(numbers)
    place = Row(sheet.head_line, sheet=sheet.name, sheet_number=sheet.number)
    taken = set()
    for column in columns:
        head = legible(sheet.heads[column.at])
        if not column.number:
            reason = (
                "This names no component. Write its number here, such as Component 12 Raw mark."
            )
            report.add(place, head, reason)
        elif (column.number, column.part) in taken:
            reason = "This stands twice for component {}. Keep the one that is right."
            report.add(place, head, reason, column.number)
        taken.add((column.number, column.part))
    return columns


def _sat(
    sheet: Sheet, row: Row, cells: tuple, columns: Sequence[Column], report: Report
) -> Components:
    """The components of which the row says anything; a mark that cannot be one is reported."""
    said: dict[str, dict[str, str]] = {}
    for at, number, part in columns:
        text = _text(cells[at]) if at < len(cells) else ""
        try:
            value = CONVERTERS[part](text) if text else ""
        except Wrong as wrong:
            head = _component_head(sheet, at, number)
            report.add(row, head, wrong.pattern, *wrong.values)
            continue
        if value:
            said.setdefault(number, {})[part] = value
    return tuple(
        Component(number, parts.get("raw", ""), parts.get("adjusted", ""), parts.get("grade", ""))
        for number, parts in said.items()
    )


def _component_head(sheet: Sheet, at: int, number: str) -> str:
    """“Component 12 Raw mark”, wherever its number stands."""
    head = legible(sheet.heads[at])
    return head if any(char.isdigit() for char in head) else f"Component {number} {head}"


def _check(sheet: Sheet, row: Row, cells: tuple, report: Report, *, beside: set[int]) -> None:
    """Report what only the sheet can tell: another sheet's syllabus, a formula in any cell but those
    that are judged by what they hold; `beside`: the components'."""
    syllabus = row.cells["syllabus"]
    if re.fullmatch(r"[0-9]{3,4}", syllabus) and syllabus.zfill(4) != sheet.syllabus:
        reason = "{} does not belong on the sheet of {}. Move the row."
        report.add(row, "syllabus", reason, syllabus, sheet.syllabus)
    judged_later = {
        sheet.columns[column] for column in row.cells if column in sheet.columns
    } | beside
    for at, cell in enumerate(cells):
        text = _text(cell)
        if at not in judged_later and is_formula(text):
            head = sheet.heads[at] if at < len(sheet.heads) else ""
            column = legible(head) or f"column {at + 1}"
            report.add(row, column, A_FORMULA, quoted(text))


def _cell(cells: tuple, at: int, column: str) -> str:
    """The text of a cell; a number gets back the zeros that a spreadsheet takes from its front."""
    if at >= len(cells):
        return ""
    text = _text(cells[at])
    is_number = isinstance(cells[at].value, int | float)
    return text.zfill(DIGITS.get(column, 0)) if is_number and text.isdigit() else text


def _shown(value: float, number_format: str) -> str:
    """A number with its fraction, as the sheet shows it: with 15 digits, 61.6 and not 61.60000000000001; an
    endless one with so many decimals as the format of its cell has, or with some."""
    text = f"{value:.15g}"
    if len(text.partition(".")[2]) <= MOST_DECIMALS or "e" in text:
        return text
    fixed = FIXED.fullmatch(number_format)
    places = len(fixed[1] or "") if fixed else MOST_DECIMALS
    rounded = Decimal(text).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


def _text(cell) -> str:
    value = cell.value
    if cell.data_type == "f":
        return f"={str(getattr(value, 'text', value)).lstrip('=') or '…'}"
    if isinstance(value, float):  # 15 digits, as the sheet shows: 61.6, not 61.60000000000001
        return _shown(value, cell.number_format)
    text = "" if value is None else str(value).strip(" ")
    return "" if is_nothing(text) else text
