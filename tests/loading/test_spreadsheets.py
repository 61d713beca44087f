"""What spreadsheets do to files: each is taken as what it plainly is, or refused in one sentence a column and
pattern, with how many rows and an example. Nothing is guessed."""

import codecs
import io
import re
import unicodedata
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from centres.models import Candidate, Centre
from loading.engine.report import Alike
from loading.findings import alike_in, sample_in
from loading.registry import kind_of
from results.models import Result
from tests.builders import make_login
from tests.loading.files import SAMPLE, contents, faults, load, load_sample, told
from tests.loading.test_workbook import HEADS, altered, saved, workbook
from tests.loading.test_workflow import URL, give, page

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("encrypted_folder"),
]

ENTRIES = (SAMPLE / "entries.csv").read_text(encoding="utf-8")
RESULTS = (SAMPLE / "results.csv").read_text(encoding="utf-8")
SAME = "0 created, 0 changed, 924 unchanged"
DAYS = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@pytest.fixture
def sample(db) -> None:
    load_sample("centres", "syllabuses", "series", "entries")


def through_excel(text: str) -> str:
    """As Excel saves a CSV that it has opened: zeros gone from the front, June 2026 a month, but for days."""
    text = text.replace("June 2026", "Jun-26")
    return re.sub(r"(?<![^,\n])0+([1-9][0-9]*)(?=,)", r"\1", text)


def every_value(text: str, change) -> str:
    """Each cell of each row but the heads, changed."""
    head, *rows = text.splitlines()
    return "\n".join([head, *(",".join(map(change, row.split(","))) for row in rows), ""])


def tabbed(text: str, separator: str) -> str:
    return text.replace(",", separator)


def test_what_excel_makes_of_numbers_and_series_is_taken_as_what_it_plainly_is(sample):
    spoilt = through_excel(ENTRIES)
    assert "\nJun-26,TH682,1,SMITH-JONES: D'Arcy," in spoilt
    assert ",417," in spoilt

    before = contents()
    assert load("entries", spoilt) == SAME
    after = contents()
    del before["AuditEvent"], after["AuditEvent"]
    assert after == before
    assert load("results", through_excel(RESULTS)) == "909 created, 0 changed, 0 unchanged"


def test_days_that_may_be_months_are_told_in_one_sentence_with_all_rows(board, world, sample):
    spoilt = DAYS.sub(r"\3/\2/\1", through_excel(ENTRIES))

    [line] = told("entries", spoilt)
    assert line.startswith(
        "line 2, date_of_birth: “04/03/2009” is not a date as it must stand here:"
    )
    assert "Write year, month and day, like 2009-03-04. In a spreadsheet, mark the column," in line
    assert line.endswith("(924 rows: line 2, line 3, line 4, line 5, line 6 and 919 more)")
    given = give(board, spoilt.encode())
    assert (given.kind, given.found["bad"]) == ("entries", 924)
    assert [(one.column, one.rows) for one in alike_in(sample_in(given.sample))] == [
        ("date_of_birth", 924)
    ]
    html = page(board, given)
    assert "924 bad rows." in html
    assert html.count("is not a date as it must stand here") == 1


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        ("25/03/2009", "is not a date as it must stand here"),  # nor is a likely order guessed
        ("4.3.09", "is not a date as it must stand here"),
        ("04-Mar-09", "has two digits of the year alone"),
        ("39876", "is how a spreadsheet counts days"),
        ("March 4th", "is not a date. Write it like 2009-03-04."),
    ],
)
def test_a_day_that_is_not_plain_is_refused(sample, born, reason):
    [fault] = faults("entries", ENTRIES.replace("2009-03-04", born, 1))

    assert fault.startswith(f"line 2, date_of_birth: “{born}” {reason}")


def test_midnight_behind_a_day_is_none(sample):
    assert load("entries", DAYS.sub(r"\g<0> 00:00:00", ENTRIES)) == SAME


def test_rows_are_counted_and_not_faults_and_each_pattern_is_told_once(board, world, sample):
    """Most rows first; two faults of one row make one bad row."""
    lines = ENTRIES.splitlines()
    for at in (1, 2, 3):
        lines[at] = lines[at].replace("TH682", "th682")
    lines[3] = lines[3].replace("valid", "maybe")
    lines[4] = lines[4].replace("valid", "perhaps")
    text = "\n".join([*lines, ""])

    assert [line.partition(": “")[0] for line in told("entries", text)] == [
        "line 2, centre",
        "line 4, status",
    ]
    assert [fault.partition(": “")[0] for fault in faults("entries", text)] == [
        *("line 2, centre", "line 3, centre", "line 4, centre", "line 4, status", "line 5, status")
    ]
    given = give(board, text.encode())
    assert given.found["bad"] == 4
    assert [(one.column, one.rows, one.places) for one in alike_in(sample_in(given.sample))] == [
        ("centre", 3, ["line 2", "line 3", "line 4"]),
        ("status", 2, ["line 4", "line 5"]),
    ]


def test_results_of_withdrawn_missing_and_unknown_are_told_together_with_what_to_do(sample):
    withdrawn = [line.split(",") for line in ENTRIES.splitlines() if line.endswith("withdrawn")][:3]
    rows = [f"June 2026,{row[1]},{row[2]},{row[6]},A,\n" for row in withdrawn]
    rows += ["June 2026,TH682,0001,0417,A,\n", "June 2026,TH682,0002,0417,A,\n"]
    rows += ["June 2026,TH682,9876,0417,A,\n"]

    assert told("results", RESULTS + "".join(rows)) == [
        "line 911, syllabus: This entry is withdrawn, so it has no result. Take this row out. (3 rows: "
        "line 911, line 912, line 913)",
        "line 914, syllabus: The candidate is not entered for this syllabus. Load the entries first. (2 "
        "rows: line 914, line 915)",
        "line 916, candidate_number: TH682 has no candidate 9876. Load the entries first.",
    ]


def test_the_text_of_rows_that_are_bad_alike():
    one = Alike("grade", "“Z” is no grade.", 1, ["line 3"])
    assert str(one) == "line 3, grade: “Z” is no grade."
    one.rows, one.places = 7, ["line 3", "line 5"]
    assert str(one) == "line 3, grade: “Z” is no grade. (7 rows: line 3, line 5 and 5 more)"


def test_a_csv_of_bad_rows_opens_in_a_spreadsheet(board, world, tmp_path):
    given = give(board, b"series,centre,candidate_number,syllabus,grade,pum\nMay 26,M,,,,\n")
    answer = board.get(f"{URL}{given.pk}/bad-rows/")

    assert b"".join(answer.streaming_content).startswith(
        codecs.BOM_UTF8 + b"place,column,reason\r\n"
    )


WRITTEN = {
    "semicolons": tabbed(ENTRIES, ";").encode(),
    "tabs": tabbed(ENTRIES, "\t").encode(),
    "sep=;": b"sep=;\n" + tabbed(ENTRIES, ";").encode(),
    "sep=,": b"sep=,\r\n" + ENTRIES.replace("\n", "\r\n").encode(),
    "CR": ENTRIES.replace("\n", "\r").encode(),
    "CRLF and BOM": codecs.BOM_UTF8 + ENTRIES.replace("\n", "\r\n").encode(),
    "two marks": 2 * codecs.BOM_UTF8 + ENTRIES.encode(),
    "UTF-16": codecs.BOM_UTF16_LE + tabbed(ENTRIES, "\t").replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16 BE": codecs.BOM_UTF16_BE + ENTRIES.encode("utf-16-be"),
    "UTF-16 without its mark": ENTRIES.encode("utf-16-le"),
    "UTF-16 BE without its mark": ENTRIES.encode("utf-16-be"),
    "nameless empty columns": ENTRIES.replace("\n", ",,\n").encode(),
    "empty cells beside and rows below": ENTRIES.replace("\n", ",,\xa0\n")
    .replace("status,,\xa0", "status", 1)
    .encode()
    + ",\u200b, ,\t,,,,,\n\xa0\n".encode(),
}


@pytest.mark.parametrize("content", WRITTEN.values(), ids=WRITTEN)
def test_however_it_is_written_it_is_the_same_file_and_its_kind_is_told(sample, content):
    assert kind_of(io.BytesIO(content)) == "entries"
    assert load("entries", content) == SAME


def test_rows_short_of_empty_cells_at_their_end_are_whole(sample):
    short = re.sub(r",+\n", "\n", RESULTS)
    assert short != RESULTS

    assert kind_of(io.BytesIO(short.encode())) == "results"
    assert load("results", short) == "909 created, 0 changed, 0 unchanged"
    assert load("results", RESULTS) == "0 created, 0 changed, 909 unchanged"


def test_a_file_that_was_cut_in_a_row_is_not_taken_for_one_with_short_rows(sample):
    """A grade A may be the beginning of A*."""
    cut = RESULTS[: RESULTS.rindex(",") - 1]

    assert faults("results", cut) == [
        "line 910, row: The file ends in the middle of this row. Get it again, whole."
    ]


def test_a_value_in_a_column_without_a_name_is_told_by_line_and_column(sample):
    lines = ENTRIES.replace("\n", ",,\n").splitlines()
    lines[5] = lines[5][:-1] + "x,"

    assert faults("entries", "\n".join([*lines, ""])) == [
        "line 6, column 10: “x” stands in a column without a name. Empty the cell, or name its column."
    ]


def test_a_cell_too_many_is_told_with_what_may_have_made_it(sample):
    assert faults("entries", ENTRIES.replace("SMITH-JONES: D", "SMITH-JONES, D", 1)) == [
        "line 2, row: This has 10 cells; the header row has 9. If a cell holds a comma or semicolon of its "
        "own, put quotation marks round it."
    ]


def test_an_older_encoding_is_refused_by_line_in_one_sentence(sample):
    older = re.sub(r"(?<=: )[^,]*", "José", ENTRIES).encode("cp1252", errors="replace")

    [line] = told("entries", older)
    assert "This is not UTF-8. Save the file as “CSV UTF-8” and load it again. (924 rows:" in line


OLE = codecs.decode("d0cf11e0a1b11ae1", "hex") + bytes(504)
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            LOCKED,
            "This is a workbook with a password. Save it as an xlsx workbook without a password",
        ),
        (OLE, "This is a workbook of the old kind, or one with a password."),
        (b"%PDF-1.7", "This is a PDF, from which nothing is loaded."),
        (b"<table><tr><td>series</td></tr></table>", "This is a web page, though it may open in"),
        (b"series\0centre", "This is not a CSV file."),
    ],
)
@pytest.mark.parametrize("kind", ["", "results"])
def test_what_is_no_file_to_load_is_told_at_once_whatever_kind_was_chosen(
    board, world, content, sentence, kind
):
    answer = board.post(URL, {"file": SimpleUploadedFile("f.xlsx", content), "kind": kind})

    assert sentence in answer.content.decode()


def strict(content: bytes) -> bytes:
    """The workbook as “Strict Open XML Spreadsheet”."""
    usual = re.compile(
        rb"http://schemas\.openxmlformats\.org/(officeDocument|spreadsheetml)/2006/(main|rel)"
    )
    for part in zipfile.ZipFile(io.BytesIO(content)).namelist():
        content = altered(
            content, part, lambda xml: usual.sub(rb"http://purl.oclc.org/ooxml/\1/\2", xml)
        )
    return content


def test_a_strict_workbook_is_the_same_workbook(sample):
    content = (SAMPLE / "results.xlsx").read_bytes()
    other = strict(content)
    assert other != content

    assert load("results", other) == "909 created, 0 changed, 0 unchanged"
    assert load("results", content) == "0 created, 0 changed, 909 unchanged"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("mimetype", "This is an OpenDocument file. Save it as an Excel workbook (xlsx)"),
        ("word/document.xml", "This is a text document."),
        ("xl/workbook.bin", "This is a binary workbook (xlsb)."),
    ],
)
def test_another_zip_is_told_from_a_workbook(part, sentence):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, "x")

    [fault] = faults("results", file.getvalue())
    assert fault.startswith(f"line 1, file: {sentence}")


def test_decomposed_accents_and_spaces_change_nothing(sample):
    """Whichever of the two was stored first, and neither the candidate nor the letter."""
    other = every_value(
        ENTRIES,
        lambda cell: (
            unicodedata.normalize("NFD", cell).replace(": ", ":\xa0 ").replace("June ", "June  ")
        ),
    )
    assert other != ENTRIES

    assert load("entries", other) == SAME
    for candidate in Candidate.objects.all():
        candidate.name = unicodedata.normalize("NFD", candidate.name).replace(": ", ":  ")
        candidate.save()
    assert load("entries", ENTRIES) == SAME
    assert load("entries", other) == SAME


def test_a_name_that_was_stored_with_other_spaces_stays_while_something_else_changes(sample):
    """A letter prints it, and would be outdated for nothing."""
    first = Candidate.objects.get(centre__number="TH682", number="0001")
    Candidate.objects.filter(pk=first.pk).update(name=first.name.replace(": ", ":  "))

    assert "2 changed" in load("entries", ENTRIES.replace("2009-03-04", "2009-03-05"))
    first.refresh_from_db()
    assert (first.name, first.date_of_birth.day) == ("SMITH-JONES:  D'Arcy", 5)


def test_what_is_new_is_stored_with_its_accents_and_one_space(sample):
    row = "June 2026,TH682,9001,NUN\u0303EZ:\xa0 Jose\u0301  Luis,,,5090,BX,valid\n"
    assert (
        load("entries", ENTRIES.splitlines()[0] + "\n" + row) == "1 created, 0 changed, 0 unchanged"
    )

    assert Candidate.objects.get(number="9001").name == "NUÑEZ: José Luis"


CANDIDATE = ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred")


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (61.60000000000001, "General", "61.6"),
        (0.1 + 0.2, "General", "0.3"),
        (65.0, "General", "65"),
        (100 / 3, "0.00", "33.33"),
        (100 / 3, "General", "33.333333"),
        (200 / 3, "0", "67"),
        ("61.60000000000001", "General", "61.6"),
    ],
)
def test_the_binary_fraction_of_a_mark_is_what_the_sheet_shows(world, value, number_format, shown):
    heads = (*HEADS[:5], "Component 12 Raw mark", "Syllabus total", "Syllabus grade")
    book = openpyxl.load_workbook(io.BytesIO(workbook(heads, (*CANDIDATE, value, 127, "B"))))
    book.active["F2"].number_format = number_format

    load("results", saved(book))
    [component] = Result.objects.get(
        entry__candidate=world.candidate, entry__syllabus__code="0580"
    ).components
    assert component.raw == shown


def test_cells_that_nobody_can_see_are_none(world):
    """Below the data, beside it, and in a row of its own."""
    heads = (*HEADS[:5], "Syllabus total", "Syllabus grade")
    content = workbook(heads, (*CANDIDATE, 127, "B"), ("\u200b",), ("\xa0", " \t", None, "\ufeff"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["K2"] = "\u2060"
    book.active["B30"].number_format = "0.00"

    assert load("results", saved(book)) == "0 created, 1 changed, 0 unchanged"


@pytest.mark.parametrize("zone", ["Etc/GMT+5", "Etc/GMT-7", "Etc/GMT+12"])
def test_a_zone_whose_sign_is_reversed_is_refused_with_the_reason(sample, zone):
    centres = (SAMPLE / "centres.csv").read_text(encoding="utf-8")

    [fault] = faults("centres", centres.replace("Asia/Karachi", zone, 1))
    assert f"time_zone: “{zone}” has its sign reversed: in such names + means behind UTC." in fault


@pytest.mark.parametrize("zone", ["Etc/GMT", "Etc/UTC", "Etc/GMT+0"])
def test_a_zone_without_a_sign_to_reverse_is_taken(sample, zone):
    centres = (SAMPLE / "centres.csv").read_text(encoding="utf-8")

    load("centres", centres.replace("Asia/Karachi", zone, 1))
    assert Centre.objects.filter(time_zone=zone).exists()


def test_another_name_of_the_same_zone_outdates_no_letter(board, world):
    world.open_all()
    for candidate in world.candidates.values():
        make_login(candidate)
    row = "number,name,country,time_zone,main_centre\nMAIN1,{},Nowhere,{},\n"
    name = Centre.objects.get(number="MAIN1").name
    Centre.objects.filter(number="MAIN1").update(time_zone="Europe/Kiev")

    given = give(board, row.format(name, "Europe/Kyiv").encode())
    assert given.found["changes"] > 0
    assert given.found["outdated"] == {}


def test_a_number_that_a_spreadsheet_made_of_a_centre_number_is_told_as_that(sample):
    [fault] = faults("entries", ENTRIES.replace("TH682", "1.2E+46", 1))

    assert fault.startswith("line 2, centre: “1.2E+46” is a number that a spreadsheet has made of")


def test_the_zeros_of_a_centre_number_are_not_guessed(sample):
    [fault] = faults("entries", ENTRIES.replace("TH682", "1234", 1))

    assert fault.startswith("line 2, centre: “1234” is not a centre number.")
