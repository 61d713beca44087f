"""Counts and distributions: of what this person may see, and nothing of what is to be released."""

import pytest

from centres.models import Candidate, Entry, Release
from results.models import Result
from results.staff_site.tallies import Counts, counted, tallies_of
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    hold,
    make_candidate,
    restrict,
    trust,
)


def counts(world, *, user=None, centre=None, at=AFTER) -> Counts:
    entries = Entry.objects.filter(candidate__centre=centre or world.main)
    return counted(tallies_of(entries, user=user or world.officer, at=at))


def numbers(found: Counts) -> tuple[int, int, int, int]:
    return found.entries, found.withdrawn, found.outcomes, found.awaited


def distribution(found: Counts) -> dict[str, dict[str, int]]:
    return {one.qualification: dict(one.counts) for one in found.distributions}


def test_entries_are_those_withdrawn_with_a_result_to_be_released_or_not_available(world):
    make_candidate(world.main, world.series, "0002", grades={"0580": "A", "0620": None})
    Entry.objects.filter(candidate__number="0001", syllabus__code="0580").update(withdrawn=True)

    found = counts(world)

    assert (numbers(found), found.without_grade) == ((5, 1, 3, 0), 1)
    assert (found.not_available, found.without_outcome) == (1, 1)
    assert distribution(found) == {IGCSE: {"A": 1, "Q": 1}, A_LEVEL: {"B": 1}}


def test_what_is_to_be_released_is_counted_in_no_distribution(world):
    before, between = counts(world, at=BEFORE), counts(world, at=A_LEVEL_RELEASE)

    assert (numbers(before), distribution(before)) == ((3, 0, 0, 3), {})
    assert before.awaited_at == {IGCSE: IGCSE_RELEASE, A_LEVEL: A_LEVEL_RELEASE}
    assert (numbers(between), distribution(between)) == ((3, 0, 1, 2), {A_LEVEL: {"B": 1}})
    assert between.awaited_at == {IGCSE: IGCSE_RELEASE}


def test_in_confidence_it_is_counted_for_those_alone_who_may_see_it(world):
    trust(world.officer)
    restrict()

    confided, public = counts(world, at=STAFF_AT), counts(world, user=world.viewer, at=STAFF_AT)

    assert numbers(confided) == (3, 0, 3, 0)
    assert confided.restricted_until == {IGCSE: IGCSE_RELEASE, A_LEVEL: IGCSE_RELEASE}
    assert (numbers(public), public.restricted_until) == ((3, 0, 0, 3), {})


def test_what_is_held_and_what_is_missing_are_counted_alike(world):
    make_candidate(world.associate, world.series, "0002", grades={"0580": None})
    missing = counts(world, centre=world.associate)
    hold(candidate=Candidate.objects.get(centre=world.associate, number="0001"))
    both = counts(world, centre=world.associate)

    assert (missing.not_available, missing.awaited) == (1, 0)
    assert (both.not_available, both.awaited) == (4, 0)


def test_what_is_held_is_counted_with_what_is_not_available(world):
    hold(entry=Entry.objects.get(candidate=world.candidate, syllabus__code="0580"))

    assert (numbers(counts(world)), counts(world).not_available) == ((3, 0, 2, 0), 1)
    assert (numbers(counts(world, at=BEFORE)), counts(world, at=BEFORE).not_available) == (
        (3, 0, 0, 3),
        0,
    )
    assert counts(world).awaited_at == {}


@pytest.mark.parametrize("user", ["stranger", "associate_officer", "board"])
def test_nothing_is_counted_for_a_stranger(world, user):
    assert numbers(counts(world, user=getattr(world, user))) == (3, 0, 0, 3)


def test_without_a_release_nothing_is_counted_and_nothing_promised(world):
    Release.objects.all().delete()

    assert (numbers(counts(world)), counts(world).awaited_at) == ((3, 0, 0, 3), {})


def order(world, code: str, *grades: str) -> list[str]:
    for number, grade in enumerate(grades, 2):
        make_candidate(world.main, world.series, f"{number:04}", grades={code: grade})
    entries = Entry.objects.filter(candidate__centre=world.main, syllabus__code=code)
    [one] = counted(tallies_of(entries, user=world.officer, at=AFTER)).distributions
    return one.order


def test_outcomes_stand_in_the_order_of_the_scale_and_what_is_no_grade_behind_them(world):
    Result.objects.filter(entry__syllabus__code="0580").update(grade="G")

    found = order(world, "0580", "Y", "X", "UNGRADED", "Q", "A*")

    assert found == ["A*", "A", "B", "C", "D", "E", "F", "G", "UNGRADED", "X", "Q", "Y"]


def test_of_a_level_and_as_level_that_is_left_out_which_nobody_took(world):
    assert order(world, "9702", "A*") == ["A*", "A", "B", "C", "D", "E", "UNGRADED"]
    Result.objects.filter(entry__syllabus__code="9702").update(grade="b")
    assert order(world, "9702") == ["a", "b", "c", "d", "e", "UNGRADED"]
    Result.objects.filter(entry__candidate__number="0002").update(grade="A")
    assert order(world, "9702")[4:8] == ["D", "E", "a", "b"]


@pytest.mark.parametrize("many", [1, 3])
def test_it_is_one_query_however_many_candidates(world, many, django_assert_num_queries):
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}")

    with django_assert_num_queries(1):
        assert counts(world).entries == many + 2
