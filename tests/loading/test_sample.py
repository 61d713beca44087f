"""The sample cohort from its files: complete, and the same however often it is loaded."""

import tracemalloc
from pathlib import Path

import pytest
from django.core.management import CommandError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centres.models import AuditEvent, Candidate, Centre, Entry, SubcentreLink
from results.models import Result, ResultChange
from tests.builders import make_centre, make_series, make_syllabus
from tests.loading.files import KINDS, SAMPLE, contents, faults, load, load_sample

pytestmark = pytest.mark.django_db
ROWS = {"centres": 9, "syllabuses": 33, "series": 4, "staff": 9, "entries": 924, "results": 909}


def test_every_file_is_loaded_once_and_then_changes_nothing():
    for kind in KINDS:
        assert load(kind, SAMPLE / f"{kind}.csv") == f"{ROWS[kind]} created, 0 changed, 0 unchanged"
    before = contents()
    for kind in KINDS:
        assert load(kind, SAMPLE / f"{kind}.csv") == f"0 created, 0 changed, {ROWS[kind]} unchanged"
    after = contents()

    del before["AuditEvent"], after["AuditEvent"]
    assert after == before
    assert (Centre.objects.count(), SubcentreLink.objects.count()) == (9, 6)
    assert (Candidate.objects.count(), Entry.objects.valid().count()) == (216, 909)
    assert (Result.objects.count(), ResultChange.objects.count()) == (909, 0)


def test_the_workbook_adds_the_marks_of_components_to_what_the_csv_says_and_no_more():
    load_sample()
    before = contents()

    assert load("results", SAMPLE / "results.xlsx") == "0 created, 890 changed, 19 unchanged"

    after = contents()
    assert {name for name in before if before[name] != after[name]} == {"Result", "AuditEvent"}
    for result in (*before["Result"], *after["Result"]):
        del result["components"]
    assert before["Result"] == after["Result"]
    for file in ("results.xlsx", "results.csv"):
        assert load("results", SAMPLE / file) == "0 created, 0 changed, 909 unchanged"


def test_the_workbook_alone_makes_the_same_results_but_for_the_pum():
    load_sample("centres", "syllabuses", "series", "entries")

    assert load("results", SAMPLE / "results.xlsx") == "909 created, 0 changed, 0 unchanged"
    from_workbook = dict(Result.objects.values_list("entry", "grade"))
    assert not Result.objects.exclude(pum=None).exists()
    load("results", SAMPLE / "results.csv")
    assert dict(Result.objects.values_list("entry", "grade")) == from_workbook
    assert Result.objects.exclude(pum=None).exists()


def test_a_dry_run_tells_the_counts_and_writes_nothing():
    for kind in KINDS:
        before = contents()
        assert load(kind, SAMPLE / f"{kind}.csv", dry_run=True) == (
            f"Would be: {ROWS[kind]} created, 0 changed, 0 unchanged; nothing was written."
        )
        assert contents() == before
        load_sample(kind)


def test_a_dry_run_names_the_faults_too():
    assert len(faults("entries", SAMPLE / "entries.csv", dry_run=True)) == 3 * 924


def test_a_load_leaves_one_row_in_the_audit_trail_without_what_was_loaded():
    load_sample("centres", "syllabuses")

    events = AuditEvent.objects.order_by("pk").values("action", "by", "subject", "old", "new")
    assert list(events) == [
        {
            "action": "loaded",
            "by": "command: load",
            "subject": kind,
            "old": {},
            "new": {"created": ROWS[kind]},
        }
        for kind in ("centres", "syllabuses")
    ]


def test_the_number_of_queries_does_not_grow_with_the_rows_of_a_batch(
    django_assert_max_num_queries,
):
    load_sample("centres", "syllabuses", "series")
    with django_assert_max_num_queries(30):
        load_sample("entries")
    with django_assert_max_num_queries(30):
        load_sample("results")


@pytest.mark.one_database
def test_memory_does_not_grow_with_the_file(tmp_path):
    make_series()
    make_centre("MAIN1")
    make_syllabus("0580")
    small, large = (_entries(tmp_path / f"{rows}.csv", rows) for rows in (3_000, 9_000))
    load("entries", small)  # what is imported and cached once

    assert _peak(large) < 1.3 * _peak(small)


def _entries(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("series,centre,candidate_number,candidate_name,date_of_birth,uci,")
        file.write("syllabus,option_code,status\n")
        for number in range(1, rows + 1):
            file.write(f"June 2026,MAIN1,{number:04},BLOGGS: {number},,,0580,AX,valid\n")
    return path


def _peak(path: Path) -> int:
    tracemalloc.start()
    load("entries", path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(KINDS),
    start=st.sampled_from([b"", b"\xef\xbb\xbf", b"PK\x03\x04", b"HEADER"]),
    rest=st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode)),
)
def test_whatever_bytes_a_file_holds_nothing_is_created_and_nothing_else_is_raised(
    kind, start, rest
):
    if start == b"HEADER":
        start = (SAMPLE / f"{kind}.csv").read_bytes().splitlines(keepends=True)[0]
    try:
        assert load(kind, start + rest) == "0 created, 0 changed, 0 unchanged"
    except CommandError as refused:
        assert str(refused).startswith("Nothing was changed: the file has")
