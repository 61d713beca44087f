"""Rule 21: what a result was before, for staff, and never more than they may see of it now."""

import datetime as dt

import pytest

from centres.models import Entry
from results.corrections import Correction, correct
from results.history import changes_of
from results.models import Result
from tests.builders import AFTER, BEFORE, IGCSE_RELEASE, STAFF_AT, hold, let_go, restrict, trust

HOUR = dt.timedelta(hours=1)


def change(world, grade, *, pum=None, at, reason="Review of marking"):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, grade, pum)], by="board", reason=reason, at=at)


def told(world, *, user=None, since=None, at=AFTER):
    found = changes_of(
        Entry.objects.filter(candidate=world.candidate),
        user=user or world.officer,
        since=since,
        at=at,
    )
    return [(one.old_grade, one.old_pum, one.new_grade, one.new_pum) for one in found]


def test_each_correction_says_what_it_made_of_it_the_latest_first(world):
    change(world, "B", pum=71, at=IGCSE_RELEASE + HOUR)
    change(world, "C", at=IGCSE_RELEASE + 2 * HOUR)

    assert told(world) == [("B(b)", 71, "C(c)", None), ("A(a)", None, "B(b)", 71)]
    assert told(world, since=IGCSE_RELEASE + 2 * HOUR) == [("B(b)", 71, "C(c)", None)]


def test_what_was_corrected_before_it_could_be_seen_was_never_another(world):
    change(world, "B", at=IGCSE_RELEASE - HOUR)
    assert told(world) == []
    change(world, "C", at=IGCSE_RELEASE)
    assert told(world) == [("B(b)", None, "C(c)", None)]


def test_who_saw_it_in_confidence_is_told_from_then_on_and_others_are_not(world):
    restrict()
    change(world, "B", at=STAFF_AT + HOUR)
    assert told(world) == []

    trust(world.officer)
    assert told(world) == [("A(a)", None, "B(b)", None)]
    assert told(world, at=STAFF_AT - HOUR) == []


@pytest.mark.parametrize("user", ["stranger", "associate_officer", "board"])
def test_others_are_told_nothing(world, user):
    change(world, "B", at=IGCSE_RELEASE + HOUR)

    assert told(world, user=getattr(world, user)) == []


def test_nothing_is_told_of_what_is_held_nor_of_what_changed_while_it_was(world):
    change(world, "B", at=IGCSE_RELEASE + HOUR)
    held = hold(candidate=world.candidate)
    change(world, "C", at=IGCSE_RELEASE + 2 * HOUR)
    assert told(world) == []

    let_go(held, at=IGCSE_RELEASE + 3 * HOUR)
    change(world, "D", at=IGCSE_RELEASE + 4 * HOUR)
    assert told(world) == [("C(c)", None, "D(d)", None)]


def test_before_the_release_nothing_is_told(world):
    change(world, "B", at=BEFORE)
    assert told(world, at=BEFORE) == []
