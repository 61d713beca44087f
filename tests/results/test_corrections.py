"""Corrections keep what a result was, and leave no other trace."""

import datetime as dt

import pytest

from results.corrections import Correction, correct
from results.models import Result, ResultChange

AT = dt.datetime(2026, 9, 1, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def result(world) -> Result:
    return Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")


def test_a_correction_keeps_the_grade_the_pum_when_by_whom_and_why(world, result):
    correct([Correction(result, "B", 75)], by=world.board, reason="Review of marking", at=AT)

    result.refresh_from_db()
    assert (result.grade, result.pum) == ("B", 75)
    change = result.changes.get()
    assert (change.old_grade, change.old_pum, change.at) == ("A", None, AT)
    assert (change.by, change.reason) == ("board", "Review of marking")


def test_a_correction_that_changes_nothing_leaves_no_trace(result):
    correct([Correction(result, "A", None)], by="test", reason="Again")

    assert not ResultChange.objects.exists()


def test_without_a_reason_nothing_is_corrected(result):
    with pytest.raises(ValueError, match="needs a reason"):
        correct([Correction(result, "B", None)], by="test", reason=" ")
    result.refresh_from_db()
    assert result.grade == "A"


@pytest.mark.parametrize("outcome", ["X", "Q", "Y"])
def test_an_outcome_without_a_grade_has_no_pum(result, outcome):
    with pytest.raises(ValueError, match="no PUM"):
        correct([Correction(result, outcome, 80)], by="test", reason="Mistyped")


def test_many_corrections_take_as_many_queries_as_one(world, django_assert_num_queries):
    results = list(Result.objects.filter(entry__syllabus__code="0580").order_by("pk"))
    correct([Correction(results[0], "B", None)], by="test", reason="The first of the series")
    for some in (results[:1], results[1:]):
        with django_assert_num_queries(8):  # three of them for the moment (`results.last_change`)
            correct([Correction(one, "C", None) for one in some], by="test", reason="All")
