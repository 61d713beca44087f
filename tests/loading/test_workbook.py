"""The Cambridge results workbook: which sheets and rows are results, and what is refused."""

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from loading.kinds.workbook import LAST_COLUMN
from results.models import Result, ResultChange
from tests.builders import make_candidate, make_centre, make_series
from tests.loading.files import SAMPLE, faults, load

HEADS = (
    "Syllabus",
    "Option code",
    "Centre number",
    "Candidate number",
    "Candidate name",
    "Component 12 Raw mark",
    "Syllabus total",
    "Syllabus grade",
)
FRED = ("0580", "AX", "MAIN1", "0013", "Bloggs: Fred", 65, 127, "A")
PARTS = ("Raw mark", "Adjusted mark", "Grade")
SHEET = "xl/worksheets/sheet1.xml"

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def candidate(db):
    assert openpyxl.DEFUSEDXML
    return make_candidate(
        make_centre("MAIN1"), make_series(), "0013", grades={"0580": None, "9702": None}
    )


def workbook(*rows: tuple, name: str = "June_2026_0580", **others: list[tuple]) -> bytes:
    """A workbook with a results sheet of these rows, and other sheets."""
    book = openpyxl.Workbook()
    book.active.title = name
    for sheet, content in {name: rows, **others}.items():
        page = book.active if sheet == name else book.create_sheet(sheet)
        for row in content:
            page.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def altered(content: bytes, part: str, change: Callable[[bytes], bytes] | None) -> bytes:
    """The workbook with one part changed, or, with None, left out."""
    file = io.BytesIO()
    assert part in zipfile.ZipFile(io.BytesIO(content)).namelist()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info.filename, old.read(info))
            elif change:
                new.writestr(info.filename, change(old.read(info)))
    return file.getvalue()


def with_shared_strings(content: bytes) -> bytes:
    """The workbook with its texts in a table of their own, as spreadsheets write it."""
    texts: list[bytes] = []

    def share(cell: re.Match) -> bytes:
        texts.append(cell[1])
        return b't="s"><v>%d</v></c>' % (len(texts) - 1)

    pattern = rb't="inlineStr"><is><t>([^<]*)</t></is></c>'
    content = altered(content, SHEET, lambda xml: re.sub(pattern, share, xml))
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    content = altered(content, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", entry))
    file = io.BytesIO(content)
    table = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (main, table))
    return file.getvalue()


def outcomes() -> dict[str, str]:
    return dict(Result.objects.values_list("entry__syllabus__code", "grade"))


def test_a_results_sheet_is_loaded_and_other_sheets_are_passed_over():
    content = workbook(
        HEADS, FRED, Notes=[("Syllabus", "Summary"), ("=1+1",)], June_2026_9702=[
            HEADS, ("9702", *FRED[1:-1], "b")
        ]
    )  # fmt: skip

    assert load("results", content) == "2 created, 0 changed, 0 unchanged"
    assert outcomes() == {"0580": "A", "9702": "b"}


@pytest.mark.parametrize(
    "rows",
    [
        [("SYLLABUS", "option CODE", *HEADS[2:]), FRED],
        [(*HEADS[:6], "Syllabus mark total", HEADS[7]), FRED],
        [(*(head.replace(" ", "  ") for head in HEADS),), FRED],
        [("Provisional results",), (), HEADS, FRED],
        [(None,) * 5 + ("Component 12",), (*HEADS[:5], "Raw mark", *HEADS[6:]), FRED],
        [(*HEADS[:5], "Raw mark", *HEADS[6:]), (None,) * 5 + ("Component 12",), FRED],
        [(*HEADS, "Remarks"), (*FRED, "sat late")],
        [(*HEADS[:4], *HEADS[6:]), (*FRED[:4], *FRED[6:])],
        [HEADS, (), (None,) * 8, FRED],
        [HEADS, (580, "AX", "MAIN1", 13, *FRED[4:])],
        [HEADS, (580.0, "AX", "MAIN1", 13.0, *FRED[4:])],
        [HEADS, (*FRED[:-1], "A(a)")],
        [HEADS, (*FRED[:5], None, None, "A")],
        [HEADS, (*FRED[:5], "-", -3, "A")],
    ],
)
def test_these_are_all_the_same_result(rows):
    assert load("results", workbook(*rows)) == "1 created, 0 changed, 0 unchanged"
    assert outcomes() == {"0580": "A"}


def test_a_merged_row_above_the_heads_is_passed_over():
    book = openpyxl.load_workbook(
        io.BytesIO(workbook((None,) * 5 + ("Component 12",), HEADS, FRED))
    )
    book.active.merge_cells("F1:H1")

    assert load("results", saved(book)) == "1 created, 0 changed, 0 unchanged"


def test_what_stands_beyond_the_last_column_that_is_looked_at_is_not_there():
    far = (None,) * (LAST_COLUMN - len(HEADS) + 1)
    [fault] = faults("results", workbook((*far, *HEADS), (*far, *FRED)))
    assert "The six heads of a results sheet are not here" in fault

    load("results", workbook((*HEADS, *far, "Note"), (*FRED, *far, "seen")))
    assert Result.objects.get().grade == "A"


def test_a_sheet_that_understates_its_size_is_read_to_its_end():
    content = altered(
        workbook(HEADS, FRED), SHEET, lambda xml: xml.replace(b'ref="A1:H2"', b'ref="A1:A1"')
    )

    assert load("results", content) == "1 created, 0 changed, 0 unchanged"


def test_texts_may_stand_in_a_table_of_their_own():
    assert load("results", with_shared_strings(workbook(HEADS, FRED))) == (
        "1 created, 0 changed, 0 unchanged"
    )


def test_a_workbook_is_known_by_its_content_not_by_its_name(tmp_path):
    file = tmp_path / "results.csv"
    file.write_bytes(workbook(HEADS, FRED))

    assert load("results", file) == "1 created, 0 changed, 0 unchanged"


def test_a_workbook_leaves_the_pum_alone_unless_the_grade_is_another():
    load("results", workbook(HEADS, FRED))
    Result.objects.update(pum=85)

    assert load("results", workbook(HEADS, FRED)) == "0 created, 0 changed, 1 unchanged"
    assert Result.objects.get().pum == 85

    load("results", workbook(HEADS, (*FRED[:-1], "A*")))
    result = Result.objects.get()
    assert (result.grade, result.pum) == ("A*", None)
    change = ResultChange.objects.get()
    assert (change.old_grade, change.old_pum) == ("A", 85)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("0580", "AX", "XX999", *FRED[3:]), "Centre number: There is no centre “XX999”."),
        ((*FRED[:3], "013", *FRED[4:]), "Candidate number: “013” is not a candidate number."),
        ((*FRED[:3], 12, *FRED[4:]), "Candidate number: MAIN1 has no candidate 0012."),
        ((*FRED[:3], 13.5, *FRED[4:]), "Candidate number: “13.5” is not a candidate number."),
        ((*FRED[:3], None, *FRED[4:]), "Candidate number: “” is not a candidate number."),
        (("9702", *FRED[1:]), "Syllabus: 9702 does not belong on the sheet of 0580."),
        ((*FRED[:-1], "Z"), "Syllabus grade: “Z” is not a grade of Cambridge IGCSE."),
        ((*FRED[:-1], None), "Syllabus grade: This is empty."),
        ((*FRED[:-1], True), "Syllabus grade: “True” is not a grade of Cambridge IGCSE."),
        ((*FRED[:-1], '="A"'), 'Syllabus grade: “="A"” begins like a formula.'),
        ((*FRED[:5], "=60+5", *FRED[6:]), "Component 12 Raw mark: “=60+5” begins like a formula."),
        ((*FRED[:4], "=HYPERLINK(1)", *FRED[5:]), "Candidate name: “=HYPERLINK(1)” begins like"),
        ((*FRED, "@SUM(1)"), "column 9: “@SUM(1)” begins like a formula."),
    ],
)
def test_a_bad_row_names_its_sheet_line_and_column_and_changes_nothing(row, expected):
    faulty = faults("results", workbook(("Provisional",), HEADS, row))

    assert faulty[0].startswith(f"sheet June_2026_0580, line 3, {expected}")
    assert len(faulty) == 1


def test_bad_rows_of_all_sheets_are_listed_in_their_order():
    bad = (*FRED[:-1], "Z")
    content = workbook(HEADS, bad, FRED, June_2026_9702=[HEADS, ("9702", *bad[1:])])

    assert [fault.split(":")[0] for fault in faults("results", content)] == [
        "sheet June_2026_0580, line 2, Syllabus grade",
        "sheet June_2026_9702, line 2, Syllabus grade",
    ]


def test_rows_that_disagree_are_told_with_the_first_ones_place():
    [fault] = faults("results", workbook(HEADS, FRED, (*FRED[:-1], "B")))

    assert fault.startswith(
        "sheet June_2026_0580, line 3, Syllabus grade: sheet June_2026_0580, line 2 says something"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            workbook(HEADS, FRED, name="Maths"),
            "sheet Maths, line 1, name of the sheet: “Maths” nam",
        ),
        (workbook(HEADS, FRED, name="May_2026_0580"), "sheet May_2026_0580, line 1, name of the"),
        (
            workbook(HEADS, FRED, name="March_2026_0580"),
            "sheet March_2026_0580, line 2, name of the sheet: There is no series March 2026.",
        ),
        (workbook(HEADS[:-1], FRED), "sheet June_2026_0580, line 1, heads: The six heads of a res"),
        (
            workbook((HEADS[3], *HEADS[1:3], HEADS[0], *HEADS[4:]), FRED),
            "sheet June_2026_0580, line 1, heads: The six heads of a results sheet are not here",
        ),
        (workbook((*HEADS, HEADS[-1]), FRED), "sheet June_2026_0580, line 1, heads: The six"),
        (workbook(), "sheet June_2026_0580, line 1, heads: The six heads of a results sheet"),
        (workbook(name="Notes"), "line 1, file: No sheet has the heads of a results sheet"),
        (workbook(HEADS, FRED)[:-200], "line 1, file: This workbook is damaged."),
        (workbook(HEADS, FRED)[:300], "line 1, file: This workbook is damaged."),
        (b"PK\x05\x06" + bytes(18), "line 1, file: This workbook is damaged."),
        (
            altered(workbook(HEADS, FRED), SHEET, None),
            "line 1, file: The sheet “June_2026_0580” is missing.",
        ),
        (
            altered(workbook(HEADS, FRED), "xl/workbook.xml", None),
            "line 1, file: This workbook is damaged.",
        ),
        (
            altered(with_shared_strings(workbook(HEADS, FRED)), "xl/sharedStrings.xml", None),
            "line 1, file: This workbook is damaged.",
        ),
        (
            altered(workbook(HEADS, FRED), "xl/styles.xml", lambda xml: xml[:100]),
            "line 1, file: This workbook is damaged.",
        ),
        (
            altered(workbook(HEADS, FRED), SHEET, lambda xml: xml[:-40]),
            "sheet June_2026_0580, line 2, sheet: What follows cannot be read.",
        ),
        (
            altered(workbook(HEADS, FRED), SHEET, lambda xml: xml.replace(b"<v>65<", b"<v>x<")),
            "sheet June_2026_0580, line 1, sheet: What follows cannot be read.",
        ),
        (
            altered(workbook(HEADS, FRED), SHEET, lambda xml: xml + b" " * 50_000_000),
            "line 1, file: This workbook would unpack to far more than its size.",
        ),
    ],
)
def test_a_bad_workbook_is_told_in_a_sentence_and_changes_nothing(content, expected):
    [fault] = faults("results", content)

    assert fault.startswith(expected)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_an_entity_bomb_is_refused(part):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    [fault] = faults("results", altered(workbook(HEADS, FRED), part, lambda xml: bomb + xml))

    assert fault.startswith("line 1, file: This workbook is damaged.")


def test_a_part_that_is_larger_than_it_says_is_refused_before_it_is_unpacked_whole():
    """The directory of the zip claims a small part; what unpacks is 50 MB."""
    content = altered(workbook(HEADS, FRED), "xl/styles.xml", lambda xml: xml + b" " * 50_000_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/styles.xml").file_size
    lying = content.replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != content

    assert faults("results", lying) == [
        "line 1, file: This workbook is damaged. Open it in a spreadsheet, save it again as xlsx, "
        "and load that."
    ]


def test_a_workbook_for_another_kind_of_file_is_refused():
    [fault] = faults("entries", SAMPLE / "results.xlsx")

    assert fault.startswith(
        "line 1, file: This is a workbook or another packed file. Only results can be"
    )


@pytest.mark.parametrize("at", range(0, 5_000, 500))
def test_a_workbook_with_a_byte_changed_is_read_or_refused_but_never_breaks(at):
    content = bytearray(workbook(HEADS, (*FRED[:-1], "Z")))
    content[at % len(content)] ^= 0xFF

    assert faults("results", bytes(content))


# --- The marks of components ----------------------------------------------------------------------

TWO = (
    *HEADS[:5],
    *(f"Component {number} {part}" for number in (12, 33) for part in PARTS),
    *HEADS[6:],
)
SAT_BOTH = (*FRED[:5], 65, 66, "A", 40.5, "40.50", "b", 127, "A")
BOTH = (("12", "65", "66", "A"), ("33", "40.5", "40.50", "b"))


def components() -> tuple:
    return Result.objects.get(entry__syllabus__code="0580").components


@pytest.mark.parametrize(
    "above_and_heads",
    [
        [TWO],
        [(*HEADS[:5], *(f"0580/{number} {part}" for number in (12, 33) for part in PARTS), *HEADS[6:])],
        [(None,) * 5 + ("Component 12", None, None, 33), (*HEADS[:5], *PARTS, *PARTS, *HEADS[6:])],
        [(*HEADS[:5], *PARTS, *PARTS, *HEADS[6:]), (None,) * 5 + (12, None, None, "COMPONENT  33")],
    ],
)  # fmt: skip
def test_the_marks_of_each_component_are_kept_wherever_its_number_stands(above_and_heads):
    load("results", workbook(*above_and_heads, SAT_BOTH))

    assert components() == BOTH


def test_a_number_merged_over_its_columns_is_that_of_all_of_them():
    book = openpyxl.load_workbook(
        io.BytesIO(
            workbook(
                (None,) * 5 + (2, None, None, 33),
                (*HEADS[:5], *PARTS, *PARTS, *HEADS[6:]),
                SAT_BOTH,
            )
        )
    )
    book.active.merge_cells("F1:H1")
    book.active.merge_cells("I1:K1")

    load("results", saved(book))

    assert components() == (("02", *BOTH[0][1:]), BOTH[1])


def test_of_a_component_that_was_not_sat_nothing_is_kept():
    load("results", workbook(TWO, (*FRED[:5], None, "-", "", "ABS", None, None, 127, "A")))

    assert components() == (("33", "ABS", "", ""),)


def test_other_marks_take_the_place_of_the_old_and_are_no_correction():
    load("results", workbook(TWO, SAT_BOTH))
    Result.objects.update(pum=81)

    again = load("results", workbook(TWO, (*SAT_BOTH[:5], 67, *SAT_BOTH[6:])))

    assert again == "0 created, 1 changed, 0 unchanged"
    assert components() == (("12", "67", "66", "A"), BOTH[1])
    assert Result.objects.get().pum == 81
    assert not ResultChange.objects.exists()
    assert load("results", workbook(TWO, (*SAT_BOTH[:5], 67, *SAT_BOTH[6:]))).endswith(
        "1 unchanged"
    )


def test_a_csv_leaves_the_marks_alone_and_with_another_grade_they_go():
    load("results", workbook(TWO, SAT_BOTH))
    csv = "series,centre,candidate_number,syllabus,grade,pum\nJune 2026,MAIN1,0013,0580,{},81\n"

    load("results", csv.format("A"))
    assert components() == BOTH

    load("results", csv.format("B"))
    assert components() == ()


@pytest.mark.parametrize(
    ("heads", "row", "expected"),
    [
        (TWO, (*SAT_BOTH[:5], "=1+1", *SAT_BOTH[6:]), "line 2, Component 12 Raw mark: “=1+1” begins"),
        (TWO, (*SAT_BOTH[:5], "-3", *SAT_BOTH[6:]), "line 2, Component 12 Raw mark: “-3” is not a mark"),
        (TWO, (*SAT_BOTH[:5], "6" * 11, *SAT_BOTH[6:]), "line 2, Component 12 Raw mark: “66666666666” is"),
        (TWO, (*SAT_BOTH[:7], "A" * 11, *SAT_BOTH[8:]), "line 2, Component 12 Grade: This has 11"),
        (
            (*HEADS[:5], "Raw mark", *HEADS[6:]), FRED,
            "line 1, Raw mark: This names no component.",
        ),
        (
            (*HEADS[:6], "Component 12 raw MARK", *HEADS[6:]), (*FRED[:6], 3, *FRED[6:]),
            "line 1, Component 12 raw MARK: This stands twice for component 12.",
        ),
    ],
)  # fmt: skip
def test_a_mark_that_cannot_be_one_is_named_and_nothing_is_changed(heads, row, expected):
    [fault] = faults("results", workbook(heads, row))

    assert fault.startswith(f"sheet June_2026_0580, {expected}")
