"""Rule 21: what a result was before, and that it came late, for staff, and never more than they may
see of it now."""

import datetime as dt

import pytest

from centres.models import Entry, Release
from results.corrections import Correction, correct
from results.history import changes_of
from results.models import Result
from results.release import results_for
from tests.builders import (
    AFTER,
    BEFORE,
    IGCSE_RELEASE,
    STAFF_AT,
    erase,
    held_of,
    hold,
    let_go,
    restrict,
    trust,
)

HOUR = dt.timedelta(hours=1)
AWAITED = ("Not available yet", None)


def change(world, grade, *, pum=None, at, reason="Review of marking"):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, grade, pum)], by="board", reason=reason, at=at)


def told(world, *, user=None, since=None, at=AFTER):
    found = changes_of(
        Entry.objects.filter(candidate=world.candidate),
        world.series,
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
    held = hold(**held_of(world.candidate, "0580")["entry"])
    change(world, "C", at=IGCSE_RELEASE + 2 * HOUR)
    assert told(world) == []

    let_go(held, at=IGCSE_RELEASE + 3 * HOUR)
    assert told(world) == [(*AWAITED, "C(c)", None)]
    change(world, "D", at=IGCSE_RELEASE + 4 * HOUR)
    assert told(world) == [("C(c)", None, "D(d)", None), (*AWAITED, "C(c)", None)]


def test_before_the_release_nothing_is_told(world):
    change(world, "B", at=BEFORE)
    assert told(world, at=BEFORE) == []


def load_late(world, at):
    Result.objects.filter(entry__candidate=world.candidate, entry__syllabus__code="0580").update(
        added_at=at
    )


def hold_and_let_go(world, at, **held):
    let_go(hold(**(held or {"candidate": world.candidate})), at=at)


@pytest.mark.parametrize("late", [load_late, hold_and_let_go])
def test_what_comes_after_the_release_is_told_with_its_instant_and_how_it_came_is_not(world, late):
    erase(Entry.objects.exclude(syllabus__code="0580"))
    late(world, IGCSE_RELEASE)
    assert told(world) == []

    late(world, IGCSE_RELEASE + HOUR)
    [one] = changes_of(
        Entry.objects.filter(candidate=world.candidate), world.series, user=world.officer
    )
    assert (one.old_grade, one.new_grade, one.reason) == (AWAITED[0], "A(a)", "Came late")
    assert one.at == IGCSE_RELEASE + HOUR


def test_it_is_told_as_it_came_and_what_corrected_it_beside_it(world):
    change(world, "B", pum=71, at=IGCSE_RELEASE + HOUR)
    load_late(world, IGCSE_RELEASE + 2 * HOUR)
    assert told(world) == [(*AWAITED, "B(b)", 71)]

    change(world, "C", at=IGCSE_RELEASE + 2 * HOUR)
    change(world, "D", at=IGCSE_RELEASE + 3 * HOUR)
    whole = [
        ("C(c)", None, "D(d)", None),
        ("B(b)", 71, "C(c)", None),
        (*AWAITED, "B(b)", 71),
    ]
    assert told(world) == told(world, since=IGCSE_RELEASE + 2 * HOUR) == whole
    assert told(world, since=IGCSE_RELEASE + 3 * HOUR) == whole[:1]
    assert told(world, since=IGCSE_RELEASE + 4 * HOUR) == []


def test_of_what_was_loaded_and_let_go_late_the_later_counts(world):
    erase(Entry.objects.exclude(syllabus__code="0580"))
    hold_and_let_go(world, IGCSE_RELEASE + HOUR)
    load_late(world, IGCSE_RELEASE + 3 * HOUR)

    assert told(world, since=IGCSE_RELEASE + 2 * HOUR) == [(*AWAITED, "A(a)", None)]
    [one] = changes_of(
        Entry.objects.filter(candidate=world.candidate), world.series, user=world.officer
    )
    assert one.at == IGCSE_RELEASE + 3 * HOUR
    assert told(world, since=IGCSE_RELEASE + 4 * HOUR) == []


def test_a_release_that_is_put_off_makes_no_news_when_it_comes(world):
    load_late(world, IGCSE_RELEASE + HOUR)
    Release.objects.update(candidates_at=IGCSE_RELEASE + 2 * HOUR)
    assert told(world) == []


def test_what_came_late_for_who_saw_it_in_confidence_came_in_time_for_others(world):
    restrict()
    trust(world.officer)
    load_late(world, STAFF_AT + HOUR)

    assert told(world, at=STAFF_AT + HOUR) == [(*AWAITED, "A(a)", None)]
    assert told(world, user=world.viewer) == []


def test_what_came_late_is_not_told_while_it_is_held_nor_what_has_no_result_ever(world):
    load_late(world, IGCSE_RELEASE + HOUR)
    hold_and_let_go(world, IGCSE_RELEASE + HOUR, series=world.series)
    erase(Result.objects.exclude(entry__syllabus__code="0580"))
    hold(candidate=world.candidate)
    assert told(world) == []


@pytest.mark.parametrize("late", [load_late, hold_and_let_go])
def test_it_is_news_to_staff_from_the_instant_from_which_it_is_to_candidates(world, late):
    world.open_all()
    erase(Entry.objects.exclude(syllabus__code="0580"))
    late(world, IGCSE_RELEASE + HOUR)
    for _ in range(2):
        [line] = results_for(world.candidate, at=AFTER)
        latest = next(
            changes_of(
                Entry.objects.filter(candidate=world.candidate), world.series, user=world.viewer
            )
        )
        assert latest.at == line.shown_since
        change(world, "B", at=IGCSE_RELEASE + 2 * HOUR)
