"""A results file that carries names or option codes is compared with the entries (rule 24)."""

import pytest

from loading.engine.report import Report, Row
from loading.kinds.compared import Compared, Comparison
from loading.kinds.component_columns import in_words
from results.components import Component
from tests.builders import make_candidate, make_centre, make_series
from tests.loading.files import faults, load
from tests.loading.test_workbook import HEADS, workbook

NAMES = ("ÁLVAREZ: José", "NGUYEN: An", "NGUYEN: Binh", "OKAFOR: Chidi", "SMITH: Anna", "WANG: 明")
CSV = "series,centre,candidate_number,syllabus,grade,pum,candidate_name,option_code\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def candidates(db) -> None:
    """0001 to 0006, in the order of NAMES, entered with option AX."""
    centre, series = make_centre("MAIN1"), make_series()
    for number, name in enumerate(NAMES, start=1):
        entered = {"0580": None, "9702": None}
        make_candidate(centre, series, f"{number:04}", name=name, grades=entered)


def sheet(*names: str, options: tuple[str, ...] = ("AX",) * 6, first: int = 1) -> bytes:
    """These names beside 0001, 0002, …, each with a grade."""
    rows = [
        ("0580", option, "MAIN1", f"{number:04}", name, 65, 127, "A")
        for number, (name, option) in enumerate(zip(names, options, strict=False), start=first)
    ]
    return workbook(HEADS, *rows)


def test_spelling_accents_order_and_initials_are_no_difference():
    written = ("Alvarez: Jose", "An Nguyen", "NGUYEN: B", "OKAFOR: Chidy", "Smyth: Ana", "WANG 明")

    assert load("results", sheet(*written)) == "6 created, 0 changed, 0 unchanged"


def test_no_name_and_no_option_are_no_difference():
    assert load("results", sheet(*[""] * 6, options=("",) * 6)).startswith("6 created")


def test_another_name_is_a_bad_row_with_its_remedy():
    assert faults("results", sheet(*NAMES[:3], "JONES: Beth", *NAMES[4:])) == [
        "sheet June_2026_0580, line 5, Candidate name: “JONES: Beth” is not MAIN1 0004, who is "
        "entered as “OKAFOR: Chidi”. If names or numbers have slipped, put whole rows in order; if "
        "the name is right, load the entries first."
    ]


def test_another_option_is_a_bad_row_with_its_remedy():
    assert faults("results", sheet(*NAMES, options=("AX", "ZZ", "ax", "AX", "AX", "AX"))) == [
        "sheet June_2026_0580, line 3, Option code: “ZZ” is not the option AX, for which MAIN1 0002 is "
        "entered. Correct it; if it is right, load the entries first."
    ]


def test_names_that_slipped_one_row_are_told_in_one_sentence():
    slipped = (*NAMES[1:], "MÜLLER: Eva")

    assert faults("results", sheet(*slipped)) == [
        "sheet June_2026_0580, line 2, Candidate name: 6 of 6 names are not those of the candidates "
        "whose numbers stand beside them. Here “NGUYEN: An” stands beside MAIN1 0001, who is entered as "
        "“ÁLVAREZ: José”. In 5 rows it is the name of the row above or below. Names, numbers and grades "
        "no longer belong together: go back to the file as it came, and sort or move whole rows, never "
        "single columns."
    ]


def test_a_surname_that_all_share_does_not_hide_that_names_slipped():
    """The rows of An and Binh share NGUYEN; but each has the other's whole name."""
    told = faults("results", sheet(NAMES[0], NAMES[2], NAMES[1], *NAMES[3:]))

    assert len(told) == 2
    assert "line 3, Candidate name: “NGUYEN: Binh” is not MAIN1 0002" in told[0]
    assert "line 4, Candidate name: “NGUYEN: An” is not MAIN1 0003" in told[1]


def test_options_of_many_rows_are_told_in_one_sentence():
    [told] = faults("results", sheet(*NAMES, options=("BY",) * 6))

    assert "line 2, Option code: 6 of 6 options are not those of the entries." in told


def test_each_sheet_is_told_for_itself():
    content = workbook(
        HEADS,
        ("0580", "AX", "MAIN1", "0001", "JONES: Beth", 65, 127, "A"),
        Notes=[("Syllabus",)],
        June_2026_9702=[HEADS, ("9702", "AX", "MAIN1", "0001", "JONES: Beth", 65, 127, "A")],
    )

    told = faults("results", content)

    assert [one.split(",")[0] for one in told] == ["sheet June_2026_0580", "sheet June_2026_9702"]


def test_a_csv_may_carry_them_too():
    row = "June 2026,MAIN1,0001,0580,A,,{},{}\n"

    assert load("results", CSV + row.format("ALVAREZ: J", "AX")).startswith("1 created")
    [told] = faults("results", CSV + row.format("SMITH: Anna", "AX"))
    assert told.startswith(
        "line 2, candidate_name: “SMITH: Anna” is not MAIN1 0001, who is entered"
    )


def test_many_bad_rows_are_counted_as_so_many():
    report = Report(lambda fault: None)
    comparison = Comparison(report)
    for line in range(2, 894):
        comparison.compare(
            Compared(Row(line), "MAIN1 0001", "SMITH: Anna", "", "OKAFOR: Chidi", "")
        )
    comparison.warn()

    assert report.bad == 892


def test_components_are_told_in_words():
    assert in_words((Component("12", "65", "", "B"), Component("33", "ABS", "", ""))) == (
        "12: raw 65, grade B; 33: raw ABS"
    )
    assert in_words(()) == ""
