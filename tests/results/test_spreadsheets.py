"""Workbooks as people have them: heads that stay and filter, widths that show, numbers that are numbers."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from centres.models import Syllabus
from results.exports.heading import ABOUT
from results.exports.selection import Selection
from results.exports.spreadsheets import xlsx_bytes
from results.exports.tables import table_of
from results.models import Result
from tests.builders import AFTER, make_candidate
from tests.results.test_schools import sat

pytestmark = pytest.mark.usefixtures("after_the_release")
LONG = "NAPAPORN: Chanthara Wattanasirikul Phatthanakul"


@pytest.fixture
def sheet_of(world):
    """sheet_of(what): as openpyxl reads it, of two candidates, one with marks of components."""
    make_candidate(world.main, world.series, "0002", name=LONG, grades={"0580": "9", "9702": "A*"})
    Syllabus.objects.filter(code="0580").update(title="First Language English (Oral Endorsement)")
    Result.objects.update(pum=91)
    sat(world.candidate, "0580", ("12", "61", "60.5", "A"), ("22", "ABS", "", ""))

    def sheet_of(what, *, at: dt.datetime = AFTER):
        table = table_of(what, Selection(world.officer, world.main, world.series), pum=True, at=at)
        return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table))).worksheets[0]

    return sheet_of


WHAT = pytest.mark.parametrize("what", ["broadsheet", "listing", "schools"])


def column(sheet, head: str) -> list:
    [found] = [column for column in sheet.iter_cols() if column[0].value == head]
    return list(found[1:])


@WHAT
def test_the_heads_stay_in_sight_and_the_filter_covers_all_that_is_below(sheet_of, what):
    sheet = sheet_of(what)
    last = {"broadsheet": "Name", "listing": "Name", "schools": "Forenames"}[what]

    [frozen] = [cell for cell in sheet[1] if cell.value == last]
    assert sheet.freeze_panes == sheet.cell(2, frozen.column + 1).coordinate
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.max_row > 2


@WHAT
def test_columns_are_wide_enough_for_what_stands_in_them(sheet_of, what):
    sheet = sheet_of(what)

    for cells in sheet.iter_cols():
        width = sheet.column_dimensions[cells[0].column_letter].width
        longest = max(len(str(cell.value or "")) for cell in cells[1:])
        assert width > min(longest, 47), cells[0].value
        assert width >= max(map(len, cells[0].value.split())) + 4  # and the filter's arrow
        lines = sheet.row_dimensions[1].height / 15
        assert lines * (width - 4) >= len(cells[0].value)


def test_numbers_are_numbers_and_numbers_of_candidates_and_codes_are_texts(sheet_of):
    sheet = sheet_of("schools")

    for head in ("PUM", "Raw mark", "Adjusted mark"):
        found = {type(cell.value) for cell in column(sheet, head)} - {type(None)}
        assert found <= {int, float, str}
    assert [cell.value for cell in column(sheet, "Raw mark")][:2] == [61, "ABS"]
    assert [cell.value for cell in column(sheet, "Adjusted mark")][:2] == [60.5, None]
    assert {cell.value for cell in column(sheet, "PUM")} == {91}
    for head in ("Candidate number", "Syllabus", "Component"):
        cells = [cell for cell in column(sheet, head) if cell.value]
        assert {(type(cell.value), cell.number_format) for cell in cells} == {(str, "@")}
    assert tuple(
        column(sheet, head)[0].value for head in ("Candidate number", "Syllabus", "Component")
    ) == ("0001", "0580", "12")
    assert "9" in [cell.value for cell in column(sheet, "Grade")]


@WHAT
def test_no_number_that_is_a_text_is_marked_as_a_mistake(world, what):
    table = table_of(what, Selection(world.officer, world.main, world.series), at=AFTER)
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(table))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()

    assert '<ignoredError sqref="A1:' in sheet
    order = [
        sheet.index(f"<{tag}") for tag in ("autoFilter", "pageSetup", "headerFooter", "ignored")
    ]
    assert order == sorted(order)  # another order, and Excel offers to repair the file


@WHAT
def test_printed_it_is_one_page_wide_and_repeats_its_heads(sheet_of, what):
    sheet = sheet_of(what)

    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"
    on_paper = [cell.value for cell in sheet[sheet.print_area.replace("$", "").split("!")[1]][0]]
    heads = [cell.value for cell in sheet[1]]
    assert on_paper == (heads if what == "schools" else heads[: -len(ABOUT)])
    assert "MAIN1" in sheet.oddHeader.left.text
    assert sheet.oddHeader.right.text == "Provisional, not for universities"
    assert sheet.oddFooter.right.text == "Page &P of &N"


def test_a_name_with_an_ampersand_is_no_command_in_the_header(world, sheet_of):
    world.main.name = "Smith & Page &P School " + "x" * 150
    world.main.save()

    header = sheet_of("listing").oddHeader.left.text
    assert "Smith && Page &&P School" in header
    assert len(header) < 120


def test_an_empty_one_has_its_heads(world):
    nobody = Selection(world.officer, world.main, world.series, numbers=("9999",))
    content = xlsx_bytes(table_of("listing", nobody, at=AFTER))

    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet["A1"].value, sheet.max_row) == ("Centre", 1)
