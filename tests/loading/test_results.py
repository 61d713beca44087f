"""results.csv: the outcome of each entry, and what becomes of one that changes."""

import datetime as dt
import io

import pytest
import time_machine

from centres.grades import SCALES, allowed, printed
from centres.models import Entry
from loading.engine.csv_reader import csv_rows
from loading.engine.loader import load as load_rows
from loading.engine.report import Report
from loading.kinds.results import ResultsFile
from results.models import Result, ResultChange
from results.release import results_for
from tests.builders import (
    AFTER,
    BEFORE,
    IGCSE,
    STAFF_AT,
    erase,
    hold,
    make_candidate,
    make_centre,
    make_qualification,
    make_series,
    restrict,
)
from tests.loading.files import faults, load

HEADER = "series,centre,candidate_number,syllabus,grade,pum\n"
MATHS = "June 2026,MAIN1,0001,0580,A*,95\n"
PHYSICS = "June 2026,MAIN1,0001,9702,a,\n"
HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def candidate(db):
    return make_candidate(make_centre("MAIN1"), make_series(), grades={"0580": None, "9702": None})


def outcomes() -> dict[str, tuple[str, int | None]]:
    rows = Result.objects.values_list("entry__syllabus__code", "grade", "pum")
    return {code: (grade, pum) for code, grade, pum in rows}


def test_a_row_makes_the_result_of_an_entry():
    assert load("results", HEADER + MATHS + PHYSICS) == "2 created, 0 changed, 0 unchanged"
    assert outcomes() == {"0580": ("A*", 95), "9702": ("a", None)}
    assert load("results", HEADER + MATHS + PHYSICS) == "0 created, 0 changed, 2 unchanged"


@pytest.mark.parametrize(
    ("written", "grade"),
    [("A*(a*)", "A*"), ("B(b)", "B"), ("B (b)", "B"), ("UNGRADED", "UNGRADED"), ("Pending", "Q")],
)
def test_a_grade_may_stand_as_cambridge_prints_it(written, grade):
    load("results", HEADER + MATHS.replace("A*,95", f"{written},"))

    assert outcomes() == {"0580": (grade, None)}


def test_a_printed_number_is_that_grade():
    nine_to_one = make_qualification("Cambridge IGCSE (9-1)")
    syllabus = Entry.objects.get(syllabus__code="0580").syllabus
    syllabus.qualification = nine_to_one
    syllabus.save()

    load("results", HEADER + MATHS.replace("A*,95", "9 (NINE),95"))

    assert outcomes() == {"0580": ("9", 95)}


def test_every_grade_of_every_qualification_can_be_loaded_in_both_spellings(candidate):
    syllabus = Entry.objects.get(syllabus__code="0580").syllabus
    for qualification in map(make_qualification, SCALES):
        syllabus.qualification = qualification
        syllabus.save()
        for grade in allowed(qualification):
            for spelling in (grade, printed(grade)):
                load("results", HEADER + MATHS.replace("A*,95", f"{spelling},"))
                assert outcomes() == {"0580": (grade, None)}


def test_a_changed_result_keeps_what_it_was():
    load("results", HEADER + MATHS + PHYSICS)

    assert load("results", HEADER + MATHS.replace("A*,95", "A,89") + PHYSICS) == (
        "0 created, 1 changed, 1 unchanged"
    )
    assert outcomes()["0580"] == ("A", 89)
    change = ResultChange.objects.get()
    assert (change.old_grade, change.old_pum, change.by) == ("A*", 95, "command: load")
    assert change.reason == "Loaded by the board"


def test_a_changed_pum_alone_is_a_correction_too_and_the_reason_can_be_told():
    load("results", HEADER + MATHS)

    load("results", HEADER + MATHS.replace("95", "96"), reason="Review of marking")

    change = ResultChange.objects.get()
    assert (change.old_grade, change.old_pum, change.reason) == ("A*", 95, "Review of marking")


@pytest.mark.parametrize(
    ("begun", "dated"), [(BEFORE, BEFORE), (STAFF_AT, STAFF_AT + HOUR), (AFTER, AFTER + HOUR)]
)
def test_what_a_load_adds_once_others_are_released_is_dated_at_its_end(begun, dated):
    """And what was there is not, even what came by a load that began at the same instant."""
    restrict()
    make_series(2026, 3, releases={IGCSE: BEFORE - HOUR})  # another of the same year
    report = Report(lambda fault: None)
    with time_machine.travel(begun, tick=False) as clock:
        load("results", HEADER + PHYSICS)
        kind = ResultsFile(report, by="board")
        rows = csv_rows(io.BytesIO((HEADER + PHYSICS + MATHS).encode()), kind.columns, report)
        load_rows(kind, rows, after_batch=lambda: clock.shift(HOUR))

    added = Result.objects.values_list("entry__syllabus__code", "added_at")
    assert dict(added) == {"9702": begun, "0580": dated}


def test_a_result_stays_held_when_it_is_loaded_changed_or_deleted_and_loaded_anew():
    entry = Entry.objects.get(syllabus__code="0580")
    hold(entry=entry)
    for load_first in (lambda: None, lambda: erase(Result.objects.all())):
        load_first()
        for pum in ("95", "96"):
            load("results", HEADER + MATHS.replace("95", pum))
            assert not any(line.grade for line in results_for(entry.candidate, at=AFTER))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            MATHS.replace("June 2026", "March 2026"),
            "line 2, series: There is no series March 2026.",
        ),
        (MATHS.replace("MAIN1", "XX999"), "line 2, centre: There is no centre “XX999”."),
        (MATHS.replace("0001", "0002"), "line 2, candidate_number: MAIN1 has no candidate 0002."),
        (
            MATHS.replace("0001", "001"),
            "line 2, candidate_number: “001” is not a candidate number.",
        ),
        (MATHS.replace("0580", "0999"), "line 2, syllabus: There is no syllabus “0999”."),
        (MATHS.replace("0580", "0610"), "line 2, syllabus: The candidate is not entered for this"),
        (MATHS.replace("0580", "0620"), "line 2, syllabus: This entry is withdrawn"),
        (
            MATHS.replace("A*", "a"),
            "line 2, grade: “a” is not a grade of Cambridge IGCSE. Its grades",
        ),
        (MATHS.replace("A*", "9"), "line 2, grade: “9” is not a grade of Cambridge IGCSE."),
        (
            PHYSICS.replace(",a,", ",G,"),
            "line 2, grade: “G” is not a grade of Cambridge International",
        ),
        (MATHS.replace("A*", "A*(b)"), "line 2, grade: “A*(b)” is not a grade of Cambridge IGCSE."),
        (MATHS.replace("A*", ""), "line 2, grade: This is empty."),
        (MATHS.replace("A*", '"=""A"""'), 'line 2, grade: “="A"” begins like a formula.'),
        (MATHS.replace("95", "101"), "line 2, pum: “101” is not a PUM."),
        (MATHS.replace("95", "-1"), "line 2, pum: “-1” is not a PUM."),
        (MATHS.replace("95", "80.5"), "line 2, pum: “80.5” is not a PUM."),
        (MATHS.replace("A*", "X"), "line 2, pum: A result X has no PUM."),
        (MATHS.replace("A*", "Q"), "line 2, pum: A result Q has no PUM."),
        (MATHS + MATHS.replace("A*", "A"), "line 3, grade: line 2 says something else of the same"),
        (MATHS + MATHS.replace("95", ""), "line 3, pum: line 2 says something else of the same re"),
    ],
)
def test_a_bad_row_names_its_column_and_changes_nothing(rows, expected, candidate):
    make_candidate(candidate.centre, candidate.series, "0099", grades={"0610": None})
    withdrawn = make_candidate(candidate.centre, candidate.series, "0098", grades={"0620": None})
    withdrawn.entries.update(candidate=candidate, withdrawn=True)

    [fault] = faults("results", HEADER + rows)

    assert fault.startswith(expected)


def test_a_bad_row_far_from_a_change_takes_the_change_back():
    load("results", HEADER + MATHS)

    [fault] = faults("results", HEADER + MATHS.replace("95", "96") + PHYSICS.replace("a", "Z"))

    assert fault.startswith("line 3, grade")
    assert outcomes() == {"0580": ("A*", 95)}
