"""No CSV of ours runs in a spreadsheet, by whatever separator that goes; and there is one writer."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest

from core.csv_files import Lines, begins_like_a_formula, guarded, pieces
from tests.layout import packages

ROOT = Path(__file__).parents[2]
FORMULA = "=HYPERLINK(1)"


def read(content: bytes, **how: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), **how))


@pytest.mark.parametrize(
    "before", ["", " ", "   ", "\u00a0", "\t", "\r", "\n", "\v", "\u200b", '"', "' "]
)
@pytest.mark.parametrize("start", list("=+-@|%＝＋－＠"))
def test_an_apostrophe_stands_before_what_a_spreadsheet_would_run(before, start):
    assert guarded(f"{before}{start}1+1").startswith("'")


@pytest.mark.parametrize("separator", [";", "\t", "\r", "\n", "\r\n", "\u2028", "\x85"])
@pytest.mark.parametrize("spaces", ["", " ", '"', ' "'])
def test_it_stands_behind_what_begins_a_cell_elsewhere_too(separator, spaces):
    assert guarded(f"Smith{separator}{spaces}{FORMULA}") == f"Smith{separator}'{spaces}{FORMULA}"


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_by_whatever_separator_it_is_opened_no_cell_is_a_formula(delimiter):
    cells = [f"Smith{one}{FORMULA}" for one in (";", "\t", ";\t", '; "', ",", "\r\n")]
    content = b"".join(pieces([["0001", *cells]], heads=["Number"]))

    found = [cell for row in read(content, delimiter=delimiter) for cell in row]

    assert sum(FORMULA in cell for cell in found) >= 1
    assert not any(begins_like_a_formula(cell) for cell in found if not cell.startswith(("'", '"')))


@pytest.mark.parametrize("text", ["-5", "+44 20 7946 0000", "+5", "-1,5"])
def test_text_that_is_a_number_is_guarded_and_stays_as_it_is_typed(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("number", [-5, 0, -1.5, Decimal("-61.6"), None])
def test_a_true_number_is_not_guarded(number):
    assert guarded(number) is number


@pytest.mark.parametrize(
    "text", ["O'NEILL: Anne-Marie", "a = b; c - d", "B+", "IGCSE A*", "", "1-2", "0001"]
)
def test_what_no_spreadsheet_runs_stays_as_it_is(text):
    assert guarded(text) == text


def test_a_file_has_its_mark_and_ends_its_lines_as_spreadsheets_do():
    content = b"".join(pieces([["1", "ÁNGEL"]], heads=["Number", "Name"]))
    assert content == "\ufeffNumber,Name\r\n1,ÁNGEL\r\n".encode()


def test_rows_that_are_written_as_they_come_have_one_mark():
    lines = Lines()
    assert lines.written([["a"]]) + lines.written([["b"]]) == "\ufeffa\r\nb\r\n".encode()


def test_a_long_file_comes_in_pieces():
    found = list(pieces(([number] for number in range(1_200)), heads=["Number"]))
    assert len(found) == 4
    assert len(read(b"".join(found))) == 1_201


def test_nothing_else_here_writes_a_csv():
    """But for the made-up logins of a rehearsal, which the machine makes."""
    found = {
        str(path.relative_to(ROOT))
        for room in packages()
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)|defusedcsv", path.read_text())
    }
    assert found == {"core/csv_files.py", "demo/management/commands/make_cohort.py"}
