"""Which entries a list shows, in which order; neither tells what is to be released."""

import pytest

from centres.models import Entry
from results.models import Result
from results.staff_site.listing import (
    AWAITED,
    ENTRY_SORTS,
    WITHDRAWN,
    Order,
    choices_of,
    entries_shown,
    outcome_asked,
)
from results.staff_site.tallies import counted, tallies_of
from tests.builders import A_LEVEL_RELEASE, AFTER, BEFORE, hold, make_candidate


@pytest.fixture(autouse=True)
def three(world):
    """MAIN1 has 0001 with A in 0580, B in 9702 and Q in 0610; and these."""
    for number, name, grades in (
        ("0002", "ADEYEMI: Zoë", {"0580": "A*", "9702": "a"}),
        ("0003", "CHEN: Wei", {"0580": "UNGRADED", "9702": "A"}),
    ):
        make_candidate(world.main, world.series, number, name=name, grades=grades)


def shown(world, *, outcome="", sort="number", only="", at=AFTER) -> list[tuple[str, str]]:
    entries = Entry.objects.filter(candidate__centre=world.main, syllabus__code__startswith=only)
    counts = counted(tallies_of(entries, user=world.officer, at=at))
    order = Order.read(sort, ENTRY_SORTS)
    rows = entries_shown(entries, counts, user=world.officer, outcome=outcome, order=order, at=at)
    return [(row.candidate.number, row.syllabus.code) for row in rows]


def candidates(world, **asked) -> list[str]:
    return [number for number, _ in shown(world, **asked)]


def test_it_finds_those_with_an_outcome_those_awaited_and_those_withdrawn(world):
    Entry.objects.filter(candidate__number="0003", syllabus__code="9702").update(withdrawn=True)

    assert shown(world, outcome="A") == [("0001", "0580")]
    assert shown(world, outcome="Q") == [("0001", "0610")]
    assert shown(world, outcome="a") == [("0002", "9702")]
    assert shown(world, outcome=WITHDRAWN) == [("0003", "9702")]
    assert shown(world, outcome=AWAITED) == []
    assert len(shown(world, outcome=AWAITED, at=BEFORE)) == 6


def test_no_outcome_is_found_before_it_may_be_seen(world):
    found = {grade: shown(world, outcome=grade, at=A_LEVEL_RELEASE) for grade in ("A", "A*", "Q")}

    assert found == {"A": [("0003", "9702")], "A*": [], "Q": []}


def test_entries_stand_in_the_order_asked_for(world):
    assert candidates(world, only="0580") == ["0001", "0002", "0003"]
    assert candidates(world, only="0580", sort="-number") == ["0003", "0002", "0001"]
    assert candidates(world, only="9702", sort="outcome") == ["0003", "0001", "0002"]
    assert candidates(world, only="9702", sort="-outcome") == ["0002", "0001", "0003"]
    assert candidates(world, only="0580", sort="outcome") == ["0002", "0001", "0003"]
    assert candidates(world, only="0580", sort="name") == ["0002", "0001", "0003"]
    assert candidates(world, only="0580", sort="-name") == ["0003", "0001", "0002"]
    assert [code for _, code in shown(world, sort="-syllabus")][:3] == ["9702"] * 3


@pytest.mark.parametrize("sort", ["outcome", "-outcome"])
def test_what_is_to_be_released_stands_behind_the_rest_in_order_of_number(world, sort):
    Result.objects.filter(entry__candidate__number="0001").update(grade="G")

    assert candidates(world, only="0580", sort=sort, at=BEFORE) == ["0001", "0002", "0003"]
    Entry.objects.filter(candidate__number="0002").update(withdrawn=True)
    assert candidates(world, only="0580", sort=sort, at=BEFORE) == ["0001", "0003", "0002"]


@pytest.mark.parametrize("sort", ["outcome", "-outcome"])
def test_what_is_held_stands_there_too_among_others_that_are_released(world, sort):
    hold(entry=Entry.objects.get(candidate=world.candidate, syllabus__code="0580"))

    assert candidates(world, only="0580", sort=sort)[-1] == "0001"
    assert shown(world, only="0580", outcome="A") == []


def test_any_outcome_of_the_scale_can_be_asked_for_whether_anybody_has_it_or_not(world):
    counts = counted(tallies_of(Entry.objects.all(), user=world.officer, at=BEFORE))

    assert outcome_asked("F", counts) == "F"
    assert outcome_asked(AWAITED, counts) == AWAITED
    assert outcome_asked("9", counts) == outcome_asked("nonsense", counts) == ""


def test_the_choices_are_what_is_there_best_first(world):
    entries = Entry.objects.filter(candidate__centre=world.main)

    def choices(at):
        found = choices_of(counted(tallies_of(entries, user=world.officer, at=at)))
        return [(one.value, one.count) for one in found]

    assert choices(AFTER) == [
        ("A*", 1),
        ("A", 2),
        ("B", 1),
        ("UNGRADED", 1),
        ("a", 1),
        ("Q", 1),
    ]
    assert choices(BEFORE) == [(AWAITED, 7)]


@pytest.mark.parametrize("asked", ["", "nonsense", "-", "--name", "pk", "candidate__name"])
def test_an_order_that_there_is_not_is_the_first(asked):
    assert Order.read(asked, ENTRY_SORTS) == Order("number")
    assert Order.read("-name", ENTRY_SORTS).asked == "-name"
