"""Groups of the officer's choosing, as they are written and read."""

import pytest

from centres.edit_conflict import EditConflict
from centres.groups import BadLines, groups_of, read, save, written
from centres.models import AuditEvent, Candidate
from tests.builders import make_candidate

NUMBERS = ["0001", "0002", "0003", "0007", "0010"]


def test_numbers_and_ranges_of_the_centres_own_candidates_are_read():
    text = "11A: 0001-0003, 0010\n\n  Room 5 :0007"

    assert read(text, NUMBERS) == {
        "0001": "11A",
        "0002": "11A",
        "0003": "11A",
        "0010": "11A",
        "0007": "Room 5",
    }


def test_what_is_written_is_read_as_it_was():
    groups = {"0001": "11A", "0002": "", "0003": "11A", "0007": "11A", "0010": "العربية"}

    assert written(groups) == "11A: 0001, 0003-0007\nالعربية: 0010"
    assert read(written(groups), NUMBERS) == {
        name: group for name, group in groups.items() if group
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("11A", r"Line 1: write the group, a colon"),
        (": 0001", r"Line 1: write the group, a colon"),
        ("11A:", r"Line 1: write the group, a colon"),
        ("11A: 0001\n11B: one", r"Line 2: “one” is not a candidate number"),
        ("11A: 001", r"“001” is not a candidate number"),
        ("11A: 0004", r"this centre has no candidate 0004"),
        ("11A: 0011-0099", r"this centre has no candidate 0011-0099"),
        ("11A: 0010-0001", r"Line 1: the range 0010-0001 runs backwards"),
        ("11A: 0001\n11B: 0001-0002", r"Line 2: candidate 0001 is in 11A already"),
        (f"{'A' * 51}: 0001", r"50 characters at most"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(text, said):
    with pytest.raises(BadLines, match=said):
        read(text, NUMBERS)


def test_every_line_that_cannot_be_understood_is_named_at_once():
    with pytest.raises(BadLines) as caught:
        read("11A: 0001\n11B\n\n11C: 0099\n11D: 0002, 0001", NUMBERS)

    assert [line[:7] for line in caught.value.said] == ["Line 2:", "Line 4:", "Line 5:"]


def test_colons_and_commas_of_other_keyboards_are_understood():
    assert read("甲班：0001，0002", NUMBERS) == {"0001": "甲班", "0002": "甲班"}
    assert read("العربية: 0003، 0007", NUMBERS) == {"0003": "العربية", "0007": "العربية"}


def test_groups_stand_in_the_order_that_people_count_in():
    groups = {"0001": "10A", "0002": "9B", "0003": "hall 2", "0007": "Hall 10", "0010": "9A"}

    assert written(groups).splitlines() == [
        "9A: 0010",
        "9B: 0002",
        "10A: 0001",
        "hall 2: 0003",
        "Hall 10: 0007",
    ]


def test_saving_replaces_all_groups_of_the_centre_and_of_no_other(world):
    make_candidate(world.main, world.series, "0002")
    Candidate.objects.filter(centre=world.stranger_centre).update(group="theirs")
    here = {"centre": world.main, "series": world.series, "by": world.officer}
    save(**here, groups={"0001": "11A", "0002": "11A"})
    save(**here, groups={"0002": "11B"})

    assert groups_of(world.main, world.series) == {"0001": "", "0002": "11B"}
    assert groups_of(world.stranger_centre, world.series) == {"0001": "theirs"}
    event = AuditEvent.objects.filter(action="groups_saved").latest("pk")
    assert (event.old, event.new) == (
        {"groups": "11A: 0001-0002"},
        {"groups": "11B: 0002"},
    )


def test_what_another_officer_saved_meanwhile_is_not_overwritten(world):
    here = {"centre": world.main, "series": world.series, "by": world.officer}
    save(**here, groups={"0001": "11A"}, was="")

    with pytest.raises(EditConflict):
        save(**here, groups={"0001": "11B"}, was="")
    assert groups_of(world.main, world.series) == {"0001": "11A"}
    save(**here, groups={"0001": "11B"}, was="11A: 0001\r\n")
    assert groups_of(world.main, world.series) == {"0001": "11B"}


def test_nothing_new_is_not_recorded(world):
    save(centre=world.main, series=world.series, by=world.officer, groups={})

    assert not AuditEvent.objects.filter(action="groups_saved").exists()
