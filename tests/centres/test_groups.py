"""Groups of the officer's choosing, as they are written and read."""

import pytest

from centres.groups import BadLine, groups_of, read, save, written
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
        ("11A: 0001\n11B: one", r"Line 2: “one” is no candidate number"),
        ("11A: 001", r"“001” is no candidate number"),
        ("11A: 0004", r"this centre has no candidate 0004"),
        ("11A: 0011-0099", r"this centre has no candidate 0011-0099"),
        ("11A: 0001\n11B: 0001-0002", r"Line 2: candidate 0001 is in 11A already"),
        (f"{'A' * 51}: 0001", r"50 characters at most"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(text, said):
    with pytest.raises(BadLine, match=said):
        read(text, NUMBERS)


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


def test_nothing_new_is_not_recorded(world):
    save(centre=world.main, series=world.series, by=world.officer, groups={})

    assert not AuditEvent.objects.filter(action="groups_saved").exists()
