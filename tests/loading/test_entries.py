"""entries.csv: candidates, and what they are entered for."""

import datetime as dt

import pytest

from centres.models import Candidate, Entry
from tests.builders import make_centre, make_series, make_syllabus
from tests.loading.files import faults, load

HEADER = (
    "series,centre,candidate_number,candidate_name,date_of_birth,uci,syllabus,option_code,status\n"
)
MATHS = "June 2026,MAIN1,0001,BLOGGS: Fred,2009-03-04,633820261005R,0580,BX,valid\n"
BIOLOGY = MATHS.replace("0580,BX", "0610,AY")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known(db) -> None:
    make_series()
    make_centre("MAIN1")
    make_centre("OTH01")
    make_syllabus("0580")
    make_syllabus("0610")


def test_a_row_makes_candidate_and_entry():
    assert load("entries", HEADER + MATHS + BIOLOGY) == "2 created, 0 changed, 0 unchanged"

    candidate = Candidate.objects.get()
    assert (candidate.number, candidate.name) == ("0001", "BLOGGS: Fred")
    assert (candidate.date_of_birth, candidate.uci) == (dt.date(2009, 3, 4), "633820261005R")
    assert list(candidate.entries.values_list("syllabus__code", "option_code", "withdrawn")) == [
        ("0580", "BX", False),
        ("0610", "AY", False),
    ]


def test_the_same_number_at_another_centre_is_another_candidate():
    load("entries", HEADER + MATHS + MATHS.replace("MAIN1", "OTH01").replace("Fred", "Al"))

    assert sorted(Candidate.objects.values_list("name", flat=True)) == [
        "BLOGGS: Al",
        "BLOGGS: Fred",
    ]


def test_without_birthday_uci_and_option_code():
    row = MATHS.replace("2009-03-04,633820261005R", ",").replace("BX", "")

    assert load("entries", HEADER + row) == "1 created, 0 changed, 0 unchanged"
    assert load("entries", HEADER + row) == "0 created, 0 changed, 1 unchanged"


def test_an_entry_is_withdrawn_and_made_valid_again():
    load("entries", HEADER + MATHS + BIOLOGY)
    for status, withdrawn in (("withdrawn", True), ("valid", False)):
        assert load("entries", HEADER + MATHS.replace("valid", status) + BIOLOGY) == (
            "0 created, 1 changed, 1 unchanged"
        )
        assert Entry.objects.get(syllabus__code="0580").withdrawn is withdrawn


def test_a_corrected_name_changes_every_row_that_says_it():
    load("entries", HEADER + MATHS + BIOLOGY)

    assert load("entries", HEADER + (MATHS + BIOLOGY).replace("Fred", "Freda")) == (
        "0 created, 2 changed, 0 unchanged"
    )
    assert Candidate.objects.get().name == "BLOGGS: Freda"


def test_a_corrected_name_counts_for_rows_of_a_later_batch_too():
    """The second row stands in another batch, when the candidate has been stored already."""
    others = [MATHS.replace("0001", f"{number:04}") for number in range(2, 1_102)]
    file = HEADER + MATHS + "".join(others) + BIOLOGY
    load("entries", file)

    assert load("entries", file.replace(",0001,BLOGGS: Fred", ",0001,BLOGGS: Freda")) == (
        "0 created, 2 changed, 1100 unchanged"
    )


def test_rows_of_one_candidate_must_agree_across_batches_too():
    others = [MATHS.replace("0001", f"{number:04}") for number in range(2, 1_102)]

    [fault] = faults(
        "entries", HEADER + MATHS + "".join(others) + BIOLOGY.replace("2009-03-04", "2009-04-03")
    )

    assert fault == (
        "line 1103, date_of_birth: line 2 says something else of the same candidate. "
        "Keep what is right in both."
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (MATHS.replace("June", "November"), "line 2, series: There is no series November 2026."),
        (MATHS.replace("MAIN1", "XX999"), "line 2, centre: There is no centre “XX999”."),
        (MATHS.replace("0580", "0999"), "line 2, syllabus: There is no syllabus “0999”."),
        (
            MATHS.replace("0001", "001"),
            "line 2, candidate_number: “001” is not a candidate number.",
        ),
        (MATHS.replace("0001", "0000"), "line 2, candidate_number: “0000” is not a candidate"),
        (MATHS.replace("0001", "00011"), "line 2, candidate_number: “00011” is not a candidate"),
        (MATHS.replace("0001", "０００１"), "line 2, candidate_number: “０００１” is not a"),
        (MATHS.replace("BLOGGS: Fred", " "), "line 2, candidate_name: This is empty."),
        (MATHS.replace("BLOGGS", "=BLOGGS"), "line 2, candidate_name: “=BLOGGS: Fred” begins"),
        (MATHS.replace("BLOGGS", "-BLOGGS"), "line 2, candidate_name: “-BLOGGS: Fred” begins"),
        (MATHS.replace("BLOGGS", "B" * 200), "line 2, candidate_name: This has 206 characters"),
        (MATHS.replace("2009-03-04", "2009-02-29"), "line 2, date_of_birth: “2009-02-29” is not a"),
        (MATHS.replace("2009-03-04", "04/03/2009"), "line 2, date_of_birth: “04/03/2009” is not a"),
        (MATHS.replace("2009-03-04", "2909-03-04"), "line 2, date_of_birth: Nobody who sits"),
        (
            MATHS.replace("1005R", "1005A"),
            "line 2, uci: “633820261005A” has the wrong check letter",
        ),
        (MATHS.replace("1005R", "100R"), "line 2, uci: “63382026100R” is not a UCI."),
        (MATHS.replace("BX", "b x"), "line 2, option_code: “b x” is not an option code."),
        (
            MATHS.replace("valid", "void"),
            "line 2, status: “void” is not known here. Write valid or",
        ),
        (MATHS.replace("valid", ""), "line 2, status: “” is not known here."),
        (
            MATHS + MATHS.replace("BX", "AX"),
            "line 3, option_code: line 2 says something else of the same entry.",
        ),
        (
            MATHS + MATHS.replace("valid", "withdrawn"),
            "line 3, status: line 2 says something else of the same entry.",
        ),
        (
            MATHS + BIOLOGY.replace("Fred", "Freda"),
            "line 3, candidate_name: line 2 says something else of the same candidate.",
        ),
        (
            MATHS + BIOLOGY.replace("633820261005R", ""),
            "line 3, uci: line 2 says something else of the same candidate.",
        ),
    ],
)
def test_a_bad_row_names_its_column_and_changes_nothing(rows, expected):
    [fault] = faults("entries", HEADER + rows)

    assert fault.startswith(expected)


def test_every_fault_of_a_row_is_named():
    row = "May 2026,M,x1,,x,x,58,bx x,maybe\n"

    assert [fault.split(":")[0] for fault in faults("entries", HEADER + row)] == [
        f"line 2, {column}" for column in HEADER.strip().split(",")
    ]
