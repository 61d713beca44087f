"""What staff may see, and from which instant: their own gate, beside the candidates' (rule 19)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from centres.models import Entry, Membership, Release
from results.components import Component
from results.hold_levels import HOLD_LEVELS
from results.models import Result
from results.release import results_for
from results.staff_release import _rows, outcomes_for
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    arrange,
    erase,
    held_of,
    hold,
    let_go,
    make_candidate,
    restrict,
    trust,
)
from tests.results.test_release import HOUR, TICK, distances, instants

DAY = 24 * HOUR


def outcome(world, *, user=None, centre=None, code="0580", at=AFTER):
    found = outcomes_for(centre or world.main, world.series, user=user or world.officer, at=at)
    return next(one for one in found if one.code == code)


earlier = st.none() | st.timedeltas(dt.timedelta(), 40 * DAY)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(instants, earlier, distances, st.booleans(), st.booleans())
@example(IGCSE_RELEASE, None, -TICK, True, True)
@example(IGCSE_RELEASE, dt.timedelta(), -TICK, True, True)
@example(IGCSE_RELEASE, DAY, -TICK, True, True)
@example(IGCSE_RELEASE, DAY, dt.timedelta(), True, True)
@example(IGCSE_RELEASE, DAY, -TICK, False, False)
@example(IGCSE_RELEASE, DAY, dt.timedelta(), False, False)
def test_staff_see_an_outcome_exactly_from_their_instant(
    world, released, earlier, distance, trusted, from_staff
):
    """`distance` from the staff's instant, or from the candidates'."""
    staff_at = None if earlier is None else released - earlier
    restrict(staff_at, candidates_at=released)
    Membership.objects.filter(user=world.officer).update(may_see_restricted_results=trusted)
    arrange(world.main, world.series, delay=5 * HOUR)  # which is the candidates' alone
    at = (staff_at if from_staff and staff_at else released) + distance

    one = outcome(world, at=at)

    seen_from = staff_at if trusted and staff_at else released
    assert (one.grade is not None) == (at >= seen_from)
    assert one.awaited_at == (None if one.grade else seen_from)
    assert one.restricted_until == (released if one.grade and at < released else None)


@pytest.mark.parametrize("user", ["officer", "viewer", "associate_officer"])
def test_staff_of_the_centre_and_of_its_main_centre_see_it_in_whatever_role(world, user):
    one = outcome(world, user=getattr(world, user), centre=world.associate)

    assert (one.number, one.name, one.title) == ("0001", "BLOGGS: Fred", "Syllabus 0580")
    assert (one.qualification, one.option, one.grade) == (IGCSE, "AX", "A(a)")


@pytest.mark.parametrize("user", ["stranger", "associate_officer", "board"])
def test_nobody_else_is_given_a_grade_even_past_the_page(world, user):
    trust(getattr(world, user))
    restrict()

    one = outcome(world, user=getattr(world, user), centre=world.main)

    assert (one.grade, one.awaited_at, one.restricted_until) == (None, None, None)


def test_the_right_counts_at_the_centre_or_at_its_main_centre_and_at_no_other(world):
    restrict()
    world.officer.memberships.create(centre=world.stranger_centre, role="viewer")
    officers = {"main": world.officer, "associate": world.associate_officer}

    def who_sees(centre) -> set[str]:
        return {
            name
            for name, officer in officers.items()
            if outcome(world, user=officer, centre=centre, at=STAFF_AT).grade
        }

    Membership.objects.filter(centre=world.stranger_centre).update(may_see_restricted_results=True)
    assert who_sees(world.associate) == set()
    Membership.objects.filter(centre=world.main).update(may_see_restricted_results=True)
    assert who_sees(world.associate) == {"main"}
    Membership.objects.filter(centre=world.main).update(may_see_restricted_results=False)
    Membership.objects.filter(centre=world.associate).update(may_see_restricted_results=True)
    assert who_sees(world.associate) == {"associate"}


def test_each_qualification_has_its_own_instants(world):
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=A_LEVEL_RELEASE)
    seen = outcomes_for(world.main, world.series, user=world.officer, at=A_LEVEL_RELEASE)

    assert [(one.code, one.qualification, one.grade, one.restricted_until) for one in seen] == [
        ("0580", IGCSE, "A(a)", IGCSE_RELEASE),
        ("0610", IGCSE, "Pending", IGCSE_RELEASE),
        ("9702", A_LEVEL, "B(b)", None),
    ]


def test_what_staff_may_see_shows_candidates_nothing(world):
    trust(world.officer)
    restrict()

    assert outcome(world, at=STAFF_AT).grade == "A(a)"
    assert not any(line.grade for line in results_for(world.candidate, at=STAFF_AT))


@pytest.mark.parametrize("at", [STAFF_AT, AFTER])
@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_a_hold_hides_it_from_staff_as_if_it_were_not_there(world, what, at):
    """For the board does not stand behind it."""
    trust(world.officer)
    restrict()
    placed = hold(**held_of(world.candidate, "0580")[what])
    one = outcome(world, at=at)
    assert one.grade is None

    let_go(placed)
    assert outcome(world, at=at).grade == "A(a)"
    erase(Result.objects.all())
    assert outcome(world, at=at) == one


def test_nothing_of_an_outcome_leaves_the_database_before_its_instant(world):
    trust(world.officer)
    restrict()
    marks = (Component("12", "65", "66", "A"),)
    Result.objects.update(pum=77, components=marks)

    def secrets(at) -> set:
        entries = Entry.objects.all().filter(candidate=world.candidate, syllabus__code="0580")
        rows = _rows(entries, world.officer, at)
        return {(row["grade"], row["pum"], row["components"]) for row in rows}

    assert secrets(STAFF_AT - TICK) == {(None, None, None)}
    assert secrets(STAFF_AT) == {("A", 77, marks)}


def test_a_withdrawn_entry_is_listed_without_an_outcome(world):
    Entry.objects.filter(syllabus__code="0580").update(withdrawn=True)

    one = outcome(world)

    assert (one.withdrawn, one.grade) == (True, None)


def test_without_a_release_of_its_qualification_it_never_shows(world):
    Release.objects.filter(qualification__name=IGCSE).delete()

    one = outcome(world)

    assert (one.grade, one.awaited_at) == (None, None)


def test_only_the_candidates_asked_for_are_told_of(world):
    other = make_candidate(world.main, world.series, "0002")
    asked = [other, world.associate_candidate]  # not of this centre, whoever asks

    found = outcomes_for(world.main, world.series, user=world.officer, candidates=asked, at=BEFORE)

    assert [one.number for one in found] == ["0002"]


@pytest.mark.parametrize("many", [1, 3])
def test_it_is_one_query_however_many_candidates(world, many, django_assert_num_queries):
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}")

    with django_assert_num_queries(1):
        assert len(outcomes_for(world.main, world.series, user=world.officer)) == many + 2


def test_staff_are_never_shown_results_after_candidates(world):
    with (
        pytest.raises(IntegrityError, match="release_to_staff_before_candidates"),
        transaction.atomic(),
    ):
        restrict(IGCSE_RELEASE + TICK)
    restrict(IGCSE_RELEASE)
