"""A load and a correction of the same result at once: neither is lost, and history tells what was; and
nobody marks as seen what they were not shown (rule 21)."""

import io
import re
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.models import User
from centres.models import Entry
from loading.engine.csv_reader import csv_rows
from loading.engine.loader import load
from loading.engine.report import Outcome, Report
from loading.kinds.results import ResultsFile
from results.corrections import Correction, correct
from results.models import Hold, LastChange, Result, ResultChange
from tests.builders import AFTER, World, hold, let_go, make_syllabus
from tests.results.test_staff_site import browser

HEADER = ",".join(ResultsFile.columns)


@pytest.fixture(autouse=True)
def after_the_release():
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def result(transactional_db) -> Result:
    """An A, without a PUM."""
    candidate = World().candidate
    return Result.objects.get(entry__candidate=candidate, entry__syllabus__code="0580")


def load_grade(grade: str, code: str = "0580") -> tuple[list[Any], dict[Outcome, int]]:
    """What is told of the changes, and how many of which there were."""
    told: list[Any] = []
    report = Report(lambda fault: None, lambda change: told.append(change.fields))
    kind = ResultsFile(report, by="board.loads")
    file = io.BytesIO(f"{HEADER}\nJune 2026,MAIN1,0001,{code},{grade},\n".encode())
    counts = load(kind, csv_rows(file, kind.columns, report))
    return told, dict(counts)


def correct_to(pk: int, grade: str) -> None:
    """As the board's page does."""
    with transaction.atomic():
        stored = Result.objects.select_for_update().get(pk=pk)
        correct([Correction(stored, grade, None)], by="board.one", reason="Review of marking")


def history(result: Result) -> list[tuple[str, str]]:
    """By whom, and what it was, the first first; and what it is."""
    rows = ResultChange.objects.filter(result=result).order_by("pk")
    result.refresh_from_db()
    return [*rows.values_list("by", "old_grade"), ("now", result.grade)]


def test_a_load_that_comes_while_a_result_is_corrected_replaces_the_corrected_one(
    result, first, second
):
    first.begin(correct_to, result.pk, "B", until='INSERT INTO "results_resultchange"')
    second.begin(load_grade, "C")
    second.waits_for(first)
    first.finish()
    told, _ = second.finish()

    assert told == [[("grade", "B", "C")]]
    assert history(result) == [("board.one", "A"), ("board.loads", "B"), ("now", "C")]


def test_what_became_meanwhile_what_the_file_says_changes_nothing(result, first, second):
    first.begin(correct_to, result.pk, "C", until='INSERT INTO "results_resultchange"')
    second.begin(load_grade, "C")
    second.waits_for(first)
    first.finish()

    assert second.finish() == ([], {Outcome.UNCHANGED: 1})
    assert history(result) == [("board.one", "A"), ("now", "C")]


def test_a_correction_that_comes_while_results_are_loaded_corrects_what_was_loaded(
    result, first, second
):
    first.begin(load_grade, "C", until='INSERT INTO "results_resultchange"')
    second.begin(correct_to, result.pk, "B")
    second.waits_for(first)
    first.finish()
    second.finish()

    assert history(result) == [("board.loads", "A"), ("board.one", "C"), ("now", "B")]


def test_a_file_that_says_what_is_stored_waits_for_nobody_and_overwrites_nothing(
    result, first, second
):
    first.begin(correct_to, result.pk, "B", until='INSERT INTO "results_resultchange"')
    second.begin(load_grade, "A")
    assert second.finish() == ([], {Outcome.UNCHANGED: 1})
    first.finish()

    assert history(result) == [("board.one", "A"), ("now", "B")]


CHANGES = "/entries-and-results/2026-06/MAIN1/changes/"


def until_on(page: str) -> str:
    return re.search(r'name="until" value="([^"]*)"', page)[1]


def let_it_go(pk: int) -> None:
    let_go(Hold.objects.get(pk=pk))


@pytest.mark.parametrize("how", ["corrected", "loaded", "loaded late", "let go"])
def test_what_commits_after_the_page_was_made_is_new_though_its_moment_lies_before(
    result, first, how
):
    """An officer looks, and marks as seen, while the change waits for its commit."""
    late = Result.objects.get(entry__candidate=result.entry.candidate, entry__syllabus__code="9702")
    correct_to(result.pk, "B")
    Entry.objects.create(candidate=result.entry.candidate, syllabus=make_syllabus("0500"))
    held = hold(entry=late.entry) if how == "let go" else None
    act = {
        "corrected": (correct_to, late.pk, "C"),
        "loaded": (load_grade, "C"),
        "loaded late": (load_grade, "C", "0500"),
        "let go": (let_it_go, held and held.pk),
    }[how]
    officer = browser(User.objects.get(username="officer.main"))
    first.begin(*act, until='UPDATE "results_lastchange"')
    page = officer.get(CHANGES).content.decode()
    officer.post(f"{CHANGES}mark-as-seen/", {"until": until_on(page)})
    assert "Nothing has changed" in officer.get(CHANGES).content.decode()
    first.finish()

    page = officer.get(CHANGES).content.decode()
    assert "Nothing has changed" not in page
    officer.post(f"{CHANGES}mark-as-seen/", {"until": until_on(page)})
    assert "Nothing has changed" in officer.get(CHANGES).content.decode()


def test_of_two_changes_the_later_committed_has_the_later_moment(result, first, second):
    other = Result.objects.get(
        entry__candidate=result.entry.candidate, entry__syllabus__code="9702"
    )
    first.begin(correct_to, result.pk, "B", until='UPDATE "results_lastchange"')
    second.begin(correct_to, other.pk, "C")
    second.waits_for(first)
    first.finish()
    second.finish()

    earlier, later = ResultChange.objects.order_by("at")
    assert (earlier.result, later.result) == (result, other)
    assert earlier.at < later.at == LastChange.objects.get().at
