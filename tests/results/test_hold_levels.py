"""A level at which results are held is known wherever one must be named (rule 19): one that is added to
the table, or to the hold alone, is missed at each of these places."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import ForeignKey

from results import holds
from results.hold_levels import HOLD_LEVELS, HoldLevel, whole
from results.models import Hold
from results.staff_release import WHOSE
from tests.builders import held_of, hold

MADE_UP = HoldLevel(fields=("series", "syllabus"), of_entry="syllabus")


def missing(candidate) -> set[str]:
    """The places that do not know a level, or know another."""
    said = {what: level.fields for what, level in HOLD_LEVELS.items()}
    every = set(said)
    built = held_of(candidate, "0580")
    rule = Path(settings.BASE_DIR, "docs/rules.md").read_text().split("\n## ")[19]
    with pytest.raises(holds.CannotHold) as nothing:
        holds.check(Hold())
    words = {"entry": "result"}
    places = {
        "results.models.Hold": {
            field.name for field in Hold._meta.fields if isinstance(field, ForeignKey)
        },
        "the constraints of a hold": {
            one.name.removeprefix("hold_of_").removesuffix("_once")
            for one in Hold._meta.total_unique_constraints + Hold._meta.constraints
            if one.name.endswith("_once")
        },
        "results.holds.Levels": set(holds.Levels.__annotations__),
        "results.holds.NAMED": {name.partition("__")[0] for name in holds.NAMED},
        "results.staff_release": set(WHOSE),
        "tests.builders.held_of": {what for what, one in built.items() if said[what] == tuple(one)},
        "the words that refuse": {
            what for what in every if words.get(what, what) in str(nothing.value)
        },
        "rule 19": {what for what in every if words.get(what, what) in rule},
    }
    return {place for place, known in places.items() if known != every}


def test_every_level_is_known_everywhere(world):
    assert not missing(world.candidate)


def test_one_that_is_new_is_missed_everywhere(world, monkeypatch):
    monkeypatch.setitem(HOLD_LEVELS, "syllabus", MADE_UP)

    assert len(missing(world.candidate)) == 8
    with pytest.raises(TypeError, match="'syllabus'"):
        holds.release_is_held()


def test_a_hold_of_a_part_is_none_of_the_whole(monkeypatch):
    assert whole("series") == {"qualification": None, "centre": None}
    assert not any(whole(what) for what in HOLD_LEVELS if what != "series")

    monkeypatch.setitem(HOLD_LEVELS, "syllabus", MADE_UP)
    assert whole("series") == {"qualification": None, "centre": None, "syllabus": None}


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_what_is_held_is_named_without_a_query(world, what, django_assert_num_queries):
    hold(**held_of(world.candidate, "0580")[what])
    placed = Hold.objects.select_related(*holds.NAMED).get()
    with django_assert_num_queries(0):
        assert str(placed)
