"""What the board can hold: the levels of rule 19, and how a hold names what it holds."""

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, kw_only=True)
class HoldLevel:
    """A level at which results are held. Of a hold, to what it names: its series; its centre, qualification
    and candidate's number, where it is of one alone."""

    fields: tuple[str, ...]  # these of a hold are set, and none of the others
    of_entry: str  # from an entry to what is held
    series: str = "series"
    centre: str = ""
    qualification: str = ""
    number: str = ""


# One result is held by its entry, so that it stays held when it is loaded later, or
# deleted and loaded anew. A level that is added is missed at each place by tests/results/test_hold_levels.py.
HOLD_LEVELS = {
    "series": HoldLevel(fields=("series",), of_entry="candidate__series"),
    "qualification": HoldLevel(
        fields=("series", "qualification"),
        of_entry="syllabus__qualification",
        qualification="qualification",
    ),
    "centre": HoldLevel(fields=("series", "centre"), of_entry="candidate__centre", centre="centre"),
    "candidate": HoldLevel(
        fields=("candidate",),
        of_entry="candidate",
        series="candidate__series",
        centre="candidate__centre",
        qualification="candidate__entries__syllabus__qualification",
        number="candidate__number",
    ),
    "entry": HoldLevel(
        fields=("entry",),
        of_entry="pk",
        series="entry__candidate__series",
        centre="entry__candidate__centre",
        qualification="entry__syllabus__qualification",
        number="entry__candidate__number",
    ),
}
HELD_BY = tuple(HOLD_LEVELS)  # of a hold, each level has the field that is named after it


def holds_one_thing() -> Q:
    """The fields of one level are set, and none of the others."""
    condition = Q()
    for level in HOLD_LEVELS.values():
        condition |= Q(*((f"{name}__isnull", name not in level.fields) for name in HELD_BY))
    return condition


def whole(what: str) -> dict[str, None]:
    """The fields that a hold of all of this leaves empty: with one of them it would be of a part of it,
    as of a qualification in a series."""
    own = set(HOLD_LEVELS[what].fields)
    parts = [level.fields for level in HOLD_LEVELS.values() if own < set(level.fields)]
    return {name: None for fields in parts for name in fields if name not in own}
