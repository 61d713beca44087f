"""The check of a results file for a sealed series: in full, in memory, and told to no database (rule 28)."""

import io
import json
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.models import Series
from loading.engine import contradictions
from sealed import boxes, checking, container
from sealed.checking import ROUNDED, check
from tests.builders import make_candidate, make_centre, make_series
from tests.loading.files import faults
from tests.loading.test_workbook import HEADS, workbook

CSV = "series,centre,candidate_number,syllabus,grade,pum,candidate_name,option_code\n"
GOOD = "June 2026,MAIN1,0001,0580,A,93,Bloggs: Fred,AX\n"
PHYSICS = "June 2026,MAIN1,0001,9702,a,,,\n"
TAYLOR = "June 2026,MAIN1,0002,0580,UNGRADED,7,Taylor: Ann,AX\n"


@pytest.fixture
def series(db) -> Series:
    """A sealed series of two candidates with three entries; a third is withdrawn."""
    series, centre = make_series(), make_centre("MAIN1")
    make_candidate(centre, series, grades={"0580": None, "9702": None})
    ann = make_candidate(
        centre, series, "0002", name="TAYLOR: Ann", grades={"0580": None, "9702": None}
    )
    ann.entries.filter(syllabus__code="9702").update(withdrawn=True)
    Series.objects.update(sealed=True)
    return Series.objects.get()


def checked(series: Series, content: str | bytes) -> checking.Checked:
    return check(series, io.BytesIO(content.encode() if isinstance(content, str) else content))


def asked(series: Series, content: str | bytes) -> list[str]:
    """What the database was asked meanwhile, values and all."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        checked(series, content)
    return [
        re.sub(r"_django_curs_\d+_sync_\d+", "", query["sql"]) for query in queries
    ]  # named by the thread


def test_a_file_that_fits_is_counted_by_syllabus(series):
    found = checked(series, CSV + GOOD + PHYSICS)

    assert (found.bad, found.alike) == (0, [])
    assert found.counts == {
        "rows": 2,
        "with": 2,
        "without": 1,
        "syllabuses": {"0580": {"with": 1, "without": 1}, "9702": {"with": 1, "without": 0}},
    }


def test_rows_that_say_the_same_twice_are_one_result(series):
    assert checked(series, CSV + GOOD + GOOD).counts["syllabuses"]["0580"] == {
        "with": 1,
        "without": 1,
    }


def test_a_result_that_is_pending_counts_as_any_other(series):
    pending = CSV + GOOD.replace("A,93", "Q,") + PHYSICS
    assert checked(series, pending).counts == checked(series, CSV + GOOD + PHYSICS).counts


BAD = CSV + "".join(
    [
        GOOD,
        GOOD.replace("A,93", "B,93"),  # says something else than the row above
        TAYLOR.replace("UNGRADED", "a"),
        TAYLOR.replace("Taylor: Ann", "Osei: Kwame"),
        TAYLOR.replace("AX", "BY"),
        TAYLOR.replace(",7,", ",700,"),
        TAYLOR.replace("0580", "9702").replace("UNGRADED", "b"),
        "June 2026,MAIN1,0009,0580,A,,,\n",
        "June 2026,NONE1,0001,0580,A,,,\n",
        "June 2026,MAIN1,0001,0610,A,,,\n",
        "June 2026,MAIN1,0001,1111,A,,,\n",
        "=1+1,MAIN1,0001,0580,X,5,,\n",
        "June 2026,MAIN1,0001,0580,X,5,,\n",
        'June 2026,MAIN1,"0001,0580,A,,,\n',
        "June 2026,MAIN1\n",
    ]
)


def test_bad_rows_are_those_of_a_plain_load_in_the_same_words(series, monkeypatch):
    found = checked(series, BAD)
    Series.objects.update(sealed=False)
    as_loaded = faults("results", BAD)

    assert found.bad == 14 and found.counts == {} and found.distribution == []
    told = {f"{one.places[0]}, {one.column}: {one.reason}" for one in found.alike}
    assert told <= set(as_loaded)
    assert sum(one.rows for one in found.alike) == len(as_loaded)


def test_rows_of_another_series_are_bad(series):
    make_series(2025)
    (one,) = checked(series, CSV + GOOD.replace("2026", "2025")).alike
    assert "another series than the one that is sealed" in one.reason
    (one,) = checked(series, CSV + GOOD.replace("2026", "2019")).alike
    assert "There is no series June 2019" in one.reason


@pytest.mark.parametrize(
    "content", ["", CSV, "series,centre\n", "<html>", "PK\x03\x04 no workbook"]
)
def test_what_holds_no_row_is_refused(series, content):
    found = checked(series, content)
    assert found.alike and found.counts == {}


def test_the_database_is_asked_the_same_whatever_the_file_holds(series):
    """So no value of the file stands in its log, its WAL or a plan: columns that were swapped by mistake included."""
    one = asked(series, CSV + GOOD + PHYSICS + TAYLOR)
    assert one == asked(series, CSV + GOOD.replace("A,93", "B,81") + PHYSICS + TAYLOR)
    assert not any(word in sql for sql in one for word in ("'A'", "93", "Bloggs", "BLOGGS"))
    swapped = (
        CSV.replace("candidate_number", "x")
        .replace("pum", "candidate_number")
        .replace("x", "pum", 1)
    )
    few = asked(series, swapped + GOOD + TAYLOR)
    assert few and set(few) <= set(one)
    assert not any(sql.startswith(("INSERT", "UPDATE", "DELETE")) for sql in one)


def test_a_whole_file_is_read_with_as_many_queries_as_a_row(series, monkeypatch):
    few = asked(series, CSV + GOOD)
    monkeypatch.setattr(checking, "BATCH", 1)
    assert len(asked(series, CSV + GOOD + PHYSICS + TAYLOR)) == len(few)


def test_contradictions_are_kept_in_memory_alone(series, monkeypatch):
    """On a disk, beside the place of each row, a digest of its grade would come as often as the grade does."""
    monkeypatch.delattr(contradictions, "sqlite3")
    assert not checked(series, CSV + GOOD).alike


# --- What is told to whoever gives it


def test_grades_are_counted_by_qualification_beside_those_of_the_year_before(series):
    make_candidate(make_centre("OTH01"), make_series(2025), grades={"0580": "B"})
    make_candidate(make_centre("OTH02"), make_series(2025, 11), grades={"0580": "C"})

    igcse, a_level = checked(series, CSV + GOOD + PHYSICS + TAYLOR).distribution

    assert (igcse.qualification, igcse.before) == ("Cambridge IGCSE", "June 2025")
    assert [tuple(share) for share in igcse.shares] == [
        ("A", 1, "50.0 %", 0, "0.0 %"),
        ("B", 0, "0.0 %", 1, "100.0 %"),
        ("UNGRADED", 1, "50.0 %", 0, "0.0 %"),
    ]
    assert (a_level.before, [tuple(share) for share in a_level.shares]) == (
        "",
        [("a", 1, "100.0 %", 0, "–")],
    )


def test_a_year_before_that_is_sealed_is_not_compared(series):
    make_candidate(make_centre("OTH01"), make_series(2025), grades={"0580": "B"})
    Series.objects.update(sealed=True)
    assert [one.before for one in checked(series, CSV + GOOD).distribution] == [""]


# --- The length to which it is padded


def rows(grade: str, pum: str, many: int = 400) -> str:
    """One entry again and again, which takes as much room as many."""
    return CSV + f"June 2026,MAIN1,0001,0580,{grade},{pum},Bloggs: Fred,AX\n" * many


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_length_of_a_csv_tells_neither_grade_nor_pum(series, encoding):
    lengths = {
        checked(series, rows(*one).encode(encoding)).length
        for one in [
            ("A", "93"),
            ("UNGRADED", "7"),
            ("Pending", ""),
            ('"A*(a*)"', '"100"'),
            ("X", ""),
        ]
    }
    (length,) = lengths
    assert length % ROUNDED == 0


def test_the_length_of_a_workbook_tells_neither_grade_nor_components(series):
    def book(*components) -> bytes:
        row = ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred")
        return workbook(HEADS, *[(*row, *one) for one in [components] * 300])

    lengths = [
        checked(series, book(*one)).length
        for one in [(65, 127, "A"), (None, None, "UNGRADED"), ("ABS", 1, "Q"), (61.25, 1, "A*")]
    ]
    assert len(set(lengths)) == 1


def test_a_file_that_is_longer_all_the_same_gets_twice_as_much(series):
    packed = workbook(HEADS, ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred", 65, 127, "A"))
    whole = io.BytesIO(packed)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_STORED) as book:
        book.writestr("docProps/thumbnail.jpeg", bytes(400_000))
    found, usual = checked(series, whole.getvalue()), checked(series, packed)

    assert found.alike == [] and found.length == 2 * usual.length
    content, public = memoryview(whole.getvalue()), boxes.new_pair()[1]
    container.write(lambda piece: None, content, public=public, about="", length=found.length)


def test_what_may_be_kept_of_two_files_that_differ_in_grades_alone_is_the_same(series):
    one, other = (
        checked(series, CSV + GOOD.replace("A,93", said) + TAYLOR) for said in ("A,93", "Pending,")
    )
    kept = [json.dumps([found.counts, found.length, found.bad]) for found in (one, other)]
    assert kept[0] == kept[1] and one.distribution != other.distribution
