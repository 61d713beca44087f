"""What any CSV file must be, told by that of the syllabuses."""

import pytest
from django.core.management import CommandError, call_command

from centres.models import Syllabus
from loading.engine.csv_reader import LONGEST_LINE
from tests.loading.files import SAMPLE, faults, load

HEADER = "code,title,qualification\n"
GOOD = "0580,Mathematics,Cambridge IGCSE\n"

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + GOOD).encode(),
        b"\xef\xbb\xbf" + (HEADER + GOOD).encode(),
        (HEADER + GOOD).replace("\n", "\r\n").encode(),
        (HEADER + GOOD).replace("\n", "\r").encode(),
        b"qualification,code,title\nCambridge IGCSE,0580,Mathematics",
        b'Code , TITLE,qualification\n 0580 ,"Mathematics",Cambridge IGCSE\n,,\n\n',
    ],
    ids=["plain", "BOM", "CRLF", "CR", "other order, no last line end", "spaces, empty rows"],
)
def test_these_are_all_the_same_file(content):
    assert load("syllabuses", content) == "1 created, 0 changed, 0 unchanged"
    assert list(Syllabus.objects.values_list("code", "title", "qualification__name")) == [
        ("0580", "Mathematics", "Cambridge IGCSE")
    ]


def test_a_file_with_a_header_alone_changes_nothing():
    assert load("syllabuses", HEADER) == "0 created, 0 changed, 0 unchanged"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "line 1, file: This is empty."),
        ("\n\n  \n", "line 1, file: This is empty."),
        ("code,title\n0580,Maths\n", "line 1, qualification: This column is missing."),
        ("\ncode,title\n0580,Maths\n", "line 2, qualification: This column is missing."),
        (
            HEADER.replace("title", "title,tier") + GOOD,
            "line 1, tier: “tier” is not expected. The columns are code, title, qualification.",
        ),
        (
            HEADER.strip() + ",,\n" + GOOD.strip() + ",,x\n",
            "line 2, column 5: “x” stands in a column without a name. Empty the cell",
        ),
        (HEADER.strip() + ",code\n", "line 1, code: This column stands twice."),
        (HEADER + GOOD + "0610,Biology\n", "line 3, qualification: This is empty. Fill it in."),
        (HEADER + GOOD + "0610,Biology", "line 3, row: The file ends in the middle of this row."),
        (HEADER + GOOD.strip() + ",x\n", "line 2, row: This has 4 cells; the header row has 3."),
        (HEADER + '0580,"Maths,Cambridge IGCSE\n', "line 2, row: A quotation mark is out of place"),
        (HEADER + '0580,"M"s,Cambridge IGCSE\n', "line 2, row: A quotation mark is out of place"),
        (
            HEADER + "0580,M\x07,Cambridge IGCSE\n",
            "line 2, title: This holds a control character (U+0007) behind “M”.",
        ),
        (
            HEADER + "0580,\N{RIGHT-TO-LEFT OVERRIDE}shtaM,Cambridge IGCSE\n",
            "line 2, title: This holds a sign that turns text round (U+202E) at its beginning.",
        ),
        (HEADER + f"0580,{'x' * LONGEST_LINE},y\n", "line 2, row: This line is too long"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "line 1, file: This is a PNG picture, from which nothing",
        ),
        (b"\1\2\0\0code,title", "line 1, file: This is not a CSV file."),
        (b"<html><table><tr><td>code</td></tr></table>", "line 1, file: This is a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "line 1, file: This is a workbook of the old kind"),
        (
            SAMPLE / "results.xlsx",
            "line 1, file: This is a workbook or another packed file. Only results",
        ),
        (HEADER + "58,Maths,Cambridge IGCSE\n", "line 2, code: “58” is not a syllabus code."),
        (HEADER + "0580,,Cambridge IGCSE\n", "line 2, title: This is empty. Fill it in."),
        (
            HEADER + f"0580,{'x' * 201},Cambridge IGCSE\n",
            "line 2, title: This has 201 characters; 200 is the most.",
        ),
        (
            HEADER + "0580,Maths,GCSE\n",
            "line 2, qualification: There is no qualification “GCSE”. Write one of: Cambridge IG",
        ),
        (
            HEADER + GOOD + "0580,Maths,Cambridge IGCSE\n",
            "line 3, title: line 2 says something else of the same syllabus.",
        ),
        (
            (HEADER + GOOD + "0500,Français,Cambridge IGCSE\n").encode("latin-1"),
            "line 3, title: This is not UTF-8. Save the file as “CSV UTF-8” and load it again.",
        ),
        (
            HEADER + "0500,Fran�ais,Cambridge IGCSE\n",
            "line 2, title: This is not UTF-8.",
        ),
    ],
)
def test_a_bad_file_names_line_and_column_and_changes_nothing(content, expected):
    [fault] = faults("syllabuses", content)

    assert fault.startswith(expected)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "=HYPERLINK(A1)", "+cmd", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1+1", "=" + "A" * 99],
)
def test_a_formula_is_refused_wherever_it_stands(cell):
    [fault] = faults("syllabuses", f"{HEADER}0580,{cell},Cambridge IGCSE\n")

    assert fault.startswith("line 2, title: “")
    assert fault.endswith("begins like a formula. Type the plain value instead.")


@pytest.mark.parametrize("cell", ["-12", "+1.5", "a=b", "3-4", "-", "D'Arcy"])
def test_a_number_with_its_sign_is_no_formula(cell):
    assert load("syllabuses", f"{HEADER}0580,{cell},Cambridge IGCSE\n").startswith("1 created")


def test_every_bad_row_is_listed_in_the_order_of_the_file_and_every_fault_of_a_row():
    content = (
        HEADER
        + "58,,x\n"
        + GOOD
        + "0610,Biology,Nowhere\n0620,a,b,c\n"
        + "0500,=1,Cambridge IGCSE\n"
    )

    assert [fault.split(":")[0] for fault in faults("syllabuses", content)] == [
        "line 2, code",
        "line 2, title",
        "line 4, qualification",
        "line 5, row",
        "line 6, title",
    ]


def test_bad_rows_beyond_the_first_batch_are_listed_too():
    rows = [f"{code:04},Syllabus,Cambridge IGCSE\n" for code in range(2_500)]
    rows[10] = rows[2_300] = "x,Syllabus,Cambridge IGCSE\n"

    assert [fault.split(":")[0] for fault in faults("syllabuses", HEADER + "".join(rows))] == [
        "line 12, code",
        "line 2302, code",
    ]


def test_what_a_file_holds_cannot_steer_the_terminal():
    [fault] = faults("syllabuses", HEADER + "\u200f\u200b0580,Maths,Cambridge IGCSE\n")

    assert fault.startswith(
        "line 2, code: This holds a mark of direction, which cannot be seen (U+200F)"
    )
    assert fault.isprintable()


def test_rows_that_agree_count_once():
    assert load("syllabuses", HEADER + GOOD + GOOD) == "1 created, 0 changed, 1 unchanged"


def test_a_corrected_row_updates():
    load("syllabuses", HEADER + GOOD)

    assert load("syllabuses", HEADER + GOOD.replace("Math", "Real Math")) == (
        "0 created, 1 changed, 0 unchanged"
    )
    assert Syllabus.objects.get().title == "Real Mathematics"


def test_a_file_that_cannot_be_opened_is_told_in_a_sentence(tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for file, sentence in (
        (tmp_path / "none.csv", "There is no file"),
        (tmp_path, "is not a file"),
        (loop, "cannot be opened: Too many levels of symbolic links"),
        ("a\0b", "cannot be opened"),
        ("x" * 5_000, "cannot be opened"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("load", "centres", str(file))


def test_a_syllabus_with_entries_stays_in_its_qualification(world):
    """In another its results would be released at another time, by one person."""
    moved = "0580,Mathematics,Cambridge International AS & A Level\n"

    [fault] = faults("syllabuses", HEADER + moved)

    assert fault == (
        "line 2, qualification: Syllabus 0580 has entries, so it stays in Cambridge IGCSE."
    )
    assert Syllabus.objects.get(code="0580").qualification.name == "Cambridge IGCSE"


def test_one_without_entries_can_still_be_put_right(world):
    load("syllabuses", HEADER + "0999,Mathematics,Cambridge IGCSE\n")

    load("syllabuses", HEADER + "0999,Mathematics,Cambridge International AS & A Level\n")

    assert Syllabus.objects.get(code="0999").qualification.name.endswith("A Level")
