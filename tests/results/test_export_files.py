"""Broadsheets, listings and statements: the same outcomes as on the pages, and no cell that runs."""

import io

import openpyxl
import pypdfium2
import pytest

from centres.models import Entry, Release, Syllabus
from results.exports.build import pdf_of, write
from results.exports.selection import Selection
from results.exports.spreadsheets import csv_of, write_xlsx, xlsx_bytes
from results.exports.tables import broadsheet, listing, result_of, table_of
from results.models import Result
from results.staff_release import outcomes_of
from tests.builders import (
    AFTER,
    BEFORE,
    IGCSE,
    STAFF_AT,
    hold,
    make_candidate,
    make_syllabus,
    restrict,
    trust,
)
from tests.results.downloaded import about, rows_of_csv, rows_of_xlsx, text_of

HOSTILE = ["=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", "\t=1", "#N/A", "=1|' /C calc'!A0"]


def of(world, *, user=None, centre=None, **which):
    return Selection(user or world.officer, centre or world.main, world.series, **which)


def csv_bytes(table) -> bytes:
    return b"".join(csv_of(table))


READERS = {
    "csv": lambda table: rows_of_csv(csv_bytes(table)),
    "xlsx": lambda table: rows_of_xlsx(xlsx_bytes(table)),
}


@pytest.mark.parametrize("at", [BEFORE, STAFF_AT, AFTER])
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("together", [False, True])
def test_a_listing_holds_what_the_page_shows(world, read, together, at):
    make_candidate(
        world.main, world.series, "0002", name="王: 小明", grades={"0580": "A*", "0620": "9"}
    )
    Entry.objects.filter(syllabus__code="0620").update(withdrawn=True)
    Result.objects.filter(grade="A*").update(pum=91)
    whose = of(world, together=together)

    rows = read(listing(whose, at=at))

    seen = outcomes_of(whose.entries, user=world.officer, at=at)
    assert [
        (
            row["Centre"],
            row["Candidate number"],
            row["Name"],
            row["Syllabus"],
            row["Result"],
            row["Grade"],
            str(row["PUM"]),
        )
        for row in rows
    ] == [
        (
            one.centre,
            one.number,
            one.name,
            one.code,
            result_of(one),
            one.plain_grade or "",
            str(one.pum or ""),
        )
        for one in seen
    ]


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_broadsheet_has_a_line_for_each_candidate_and_a_column_for_each_syllabus(world, read):
    make_candidate(world.main, world.series, "0002", name="محمود: ليلى", grades={"0620": "C"})
    Result.objects.filter(grade="C").update(pum=63)

    [first, second] = read(broadsheet(of(world), pum=True, at=AFTER))

    assert [key for key in first if key[:1] == "0" or key[:1] == "9"] == [
        head
        for code in ("0580", "0610", "0620", "9702")
        for head in (f"{code} Syllabus {code}", f"{code} Grade", f"{code} PUM")
    ]
    assert (first["0580 Syllabus 0580"], first["0610 Syllabus 0610"]) == ("A(a)", "Pending")
    assert (first["0580 Grade"], first["0610 Grade"]) == ("A", "Q")
    assert (second["Name"], second["0620 Syllabus 0620"], str(second["0620 PUM"])) == (
        "محمود: ليلى",
        "C(c)",
        "63",
    )
    assert second["0580 Syllabus 0580"] == ""
    assert first["Series"] == "June 2026"


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("what", ["broadsheet", "listing"])
def test_each_line_says_when_and_by_whom_it_was_made_and_that_it_is_provisional(world, read, what):
    for row in read(table_of(what, of(world, together=True), at=AFTER)):
        assert (row["Series"], row["Made"], row["Made by"], row["Status"]) == (
            *("June 2026", "20 August 2026, 19:00 Bangkok time (UTC+7)", "Officer officer.main"),
            "Provisional, not for universities",
        )


def test_a_sheet_of_a_workbook_says_whose_when_and_by_whom_and_that_it_is_provisional(world):
    assert about(xlsx_bytes(broadsheet(of(world, together=True), at=AFTER))) == {
        "Broadsheet": "Provisional results. For the centre's own information; not for universities.",
        "Centre": "MAIN1 Made-up School MAIN1 and its Associate Centres",
        "Series": "June 2026",
        "Made": "20 August 2026, 19:00 Bangkok time (UTC+7)",
        "Made by": "Officer officer.main",
    }


def test_while_anything_is_restricted_each_line_and_the_name_of_the_file_say_so(world):
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)

    table = broadsheet(of(world), at=STAFF_AT)
    [row] = rows_of_csv(csv_bytes(table))
    workbook = xlsx_bytes(broadsheet(of(world), at=STAFF_AT))

    assert row["0580 Syllabus 0580"] == "A(a)"
    restricted = "RESTRICTED until 13 August 2026, 05:00 UTC: do not pass on"
    assert row["Status"].startswith(restricted)
    assert about(workbook)["RESTRICTED until 13 August 2026, 12:00 Bangkok time (UTC+7)"] == (
        "Do not pass on: Cambridge IGCSE (13 August 2026, 05:00 UTC)"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).active
    assert sheet.oddHeader.right.text.startswith(restricted)
    assert sheet.sheet_properties.tabColor.rgb == "FFC00000"
    assert table.heading.file_name("csv") == (
        "broadsheet-2026-06-MAIN1-20260812-1200-restricted.csv"
    )
    assert "restricted" not in broadsheet(of(world), at=AFTER).heading.file_name("csv")


def test_what_is_to_come_says_from_when(world):
    rows = rows_of_csv(csv_bytes(listing(of(world), at=STAFF_AT)))

    assert [(row["Syllabus"], row["Result"], row["To be released (UTC)"]) for row in rows] == [
        ("0580", "Results to be released", "13 August 2026, 05:00 UTC"),
        ("0610", "Results to be released", "13 August 2026, 05:00 UTC"),
        ("9702", "B(b)", ""),
    ]
    assert rows[0]["Status"].endswith(
        f"; Results to be released 13 August 2026, 05:00 UTC: {IGCSE}"
    )


def test_what_is_held_has_no_time_and_no_word_of_it(world):
    hold(series=world.series)

    content = csv_bytes(listing(of(world), at=AFTER)).decode()

    assert content.count("Not available yet") == 3
    assert "held" not in content.lower()
    assert "A(a)" not in content


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_of_a_workbook_is_a_formula_whatever_a_name_begins_with(world, name):
    world.candidate.name = name
    world.candidate.save()
    Syllabus.objects.filter(code="0580").update(title="=1+1")
    world.main.name = name
    world.main.save()

    for table in (broadsheet(of(world), at=AFTER), listing(of(world), at=AFTER)):
        workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table)))
        rows = [row for sheet in workbook for row in sheet.iter_rows()]
        cells = [cell for row in rows for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        found = [cell for cell in cells if cell.value == name]
        assert found
        assert all(cell.quotePrefix for cell in found)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1"])
def test_no_cell_of_a_csv_begins_like_a_formula(world, name):
    world.candidate.name = name
    world.candidate.save()

    [row, *_] = rows_of_csv(csv_bytes(listing(of(world), at=AFTER)))

    assert row["Name"] != name
    assert row["Name"].startswith("'")


def test_a_workbook_is_written_to_what_cannot_seek_and_nothing_stands_on_the_disk(
    world, monkeypatch
):
    def refuse(*args, **kwargs):
        raise AssertionError("a temporary file")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", refuse)
    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", refuse)
    outlet, written = io.RawIOBase(), []
    outlet.writable = lambda: True
    outlet.write = lambda piece: written.append(bytes(piece)) or len(piece)
    told = []

    for number in range(2, 8):
        make_candidate(world.main, world.series, f"{number:04}")
    monkeypatch.setattr("results.exports.spreadsheets.EVERY", 3)
    write_xlsx(broadsheet(of(world), at=AFTER), outlet, told.append)

    rows = rows_of_xlsx(b"".join(written))
    assert len(rows) == 7
    assert told == [3, 6]


def test_the_same_facts_give_the_same_bytes(world):
    whose = of(world, together=True)
    for what in ("broadsheet", "listing", "schools"):
        assert xlsx_bytes(table_of(what, whose, at=AFTER)) == xlsx_bytes(
            table_of(what, whose, at=AFTER)
        )
    for what in ("broadsheet", "statements"):
        assert pdf_of(what, of(world), at=AFTER) == pdf_of(what, of(world), at=AFTER)


def test_a_broadsheet_on_paper_says_the_same_and_repeats_its_heads(world):
    for number in range(2, 50):
        make_candidate(world.main, world.series, f"{number:04}", name="محمود: ليلى عبد الرحمن")

    pages = text_of(pdf_of("broadsheet", of(world), at=AFTER))

    assert len(pages) > 1
    for at, page in enumerate(pages, 1):
        assert "0580" in page
        assert f"Page {at} of {len(pages)}" in page
        assert "PROVISIONAL" in page
        assert "MAIN1 Made-up School MAIN1 – June 2026" in page
        assert "Made 20 August 2026, 19:00 Bangkok time (UTC+7) by Officer officer.main" in page
    words = pages[0].split()
    assert [words.count(one) for one in ("B(b)", "Pending")] == [1, 1]
    assert sum(page.split().count("A(a)") for page in pages) == 49


def test_with_many_syllabuses_it_comes_in_strips_each_with_the_names(world):
    codes = [f"{code:04}" for code in range(450, 475)]
    make_candidate(
        world.main, world.series, "0002", name="ALL: Of them", grades=dict.fromkeys(codes, "A*")
    )

    pages = text_of(pdf_of("broadsheet", of(world), at=AFTER))

    assert len(pages) == 3
    assert all("ALL: Of them" in page for page in pages)
    assert [page.count("A*(a*)") for page in pages] == [10, 10, 5]


def test_on_paper_what_is_to_come_says_so_and_what_is_restricted_says_so_on_every_sheet(
    world,
):
    restrict()
    awaited = " ".join(text_of(pdf_of("broadsheet", of(world), at=STAFF_AT)))
    assert (
        " ".join(awaited.split()).count("Results to be released") == 3 + 1
    )  # cells, and the moment
    assert "13 August 2026, 12:00 Bangkok time (UTC+7)" in awaited

    trust(world.officer)
    for what in ("broadsheet", "statements"):
        for page in text_of(pdf_of(what, of(world), at=STAFF_AT)):
            assert "RESTRICTED: do not pass on" in page
            assert "Restricted until 13 August 2026, 12:00 Bangkok time (UTC+7)" in page


def test_a_statement_is_a_page_for_each_of_those_chosen(world):
    make_candidate(world.main, world.series, "0002", name="TWO: Of them", grades={"0620": "B"})
    codes = [f"{code:04}" for code in range(450, 475)]
    make_candidate(
        world.main, world.series, "0003", name="ALL: Of them", grades=dict.fromkeys(codes, "A*")
    )

    pages = text_of(pdf_of("statements", of(world, numbers=("0002", "0003")), at=AFTER))

    assert len(pages) == 2
    assert "TWO: Of them" in pages[0] and "B(b)" in pages[0]
    assert pages[1].count("A*(a*)") == 25
    for page in pages:
        assert "Statement of provisional results" in page
        assert "this is not a certificate" in " ".join(page.split())


def test_each_sheet_of_a_statement_says_whose_it_is(world):
    codes = [f"{code:04}" for code in range(450, 500)]
    make_candidate(world.main, world.series, "0002", grades=dict.fromkeys(codes, "A*"))

    pages = text_of(pdf_of("statements", of(world), at=AFTER))

    assert len(pages) == 3
    assert ["Candidate 0002" in page for page in pages] == [False, True, True]
    assert "0002" not in pages[0]


def test_what_is_longer_comes_in_parts_and_loses_nobody(world):
    for number in range(2, 6):
        make_candidate(world.main, world.series, f"{number:04}", name=f"NUMBER: {number}")
    told = []

    pages = text_of(pdf_of("statements", of(world), at=AFTER, report_done=told.append, together=2))

    assert [page.partition("Candidate")[2].split()[0] for page in pages] == [
        "0001",
        "0002",
        "0003",
        "0004",
        "0005",
    ]
    assert told == [2, 4, 5]


def test_a_name_that_the_fonts_cannot_print_stops_nobody_and_is_never_printed_as_boxes(world):
    world.candidate.name = "\N{CUNEIFORM SIGN A}\N{CUNEIFORM SIGN A}: Fred"
    world.candidate.save()
    for number in range(2, 6):
        make_candidate(world.main, world.series, f"{number:04}", name=f"NUMBER: {number}")

    sheet = " ".join(" ".join(text_of(pdf_of("broadsheet", of(world), at=AFTER))).split())
    statements = text_of(pdf_of("statements", of(world), at=AFTER, together=2))

    assert "0001 [?]: Fred" in sheet and "0005 NUMBER: 5" in sheet
    note = "[?] stands for what cannot be printed of the name of 0001. A workbook and a CSV have it"
    assert note in sheet
    assert ["[?]: Fred" in page for page in statements] == [True, False, False, False, False]
    assert ["what cannot be printed" in page for page in statements].count(True) == 1


def test_names_of_any_script_are_drawn(world):
    """The text layer does not tell what is printed: the pictures of two names differ."""

    def drawn(name):
        world.candidate.name = name
        world.candidate.save()
        pdf = pypdfium2.PdfDocument(pdf_of("broadsheet", of(world), at=AFTER))
        picture = pdf[0].render(scale=2).to_pil().tobytes()
        pdf.close()
        return picture

    pictures = [
        drawn(name) for name in ("王: 小明", "王: 小红", "शर्मा: अनन्या", "شرما: انیا", "ŁUK: Š")
    ]
    assert len(set(pictures)) == len(pictures)


def test_file_exchange_can_have_the_bytes(world):
    file = io.BytesIO()
    write("broadsheet", "xlsx", of(world), file, at=AFTER)
    rows = rows_of_xlsx(file.getvalue())
    assert [row["Name"] for row in rows] == ["BLOGGS: Fred"]


@pytest.mark.parametrize("user", ["stranger", "associate_officer", "board"])
def test_nobody_else_is_given_a_grade_even_past_the_page(world, user):
    content = csv_bytes(listing(of(world, user=getattr(world, user)), at=AFTER)).decode()

    assert content.count("Results to be released") == 3


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize("what", ["broadsheet", "listing", "schools"])
def test_it_takes_the_same_queries_however_many_candidates(
    world, what, many, django_assert_num_queries
):
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}")
    make_syllabus()

    with django_assert_num_queries(3 if what == "broadsheet" else 2):
        xlsx_bytes(table_of(what, of(world, together=True), at=AFTER))
