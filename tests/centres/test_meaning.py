"""What a row means never changes: nothing passes to somebody else by an edit (rules 22 and 26)."""

import pytest

from centres.models.meaning import MeaningChanged
from credentials.models import Credentials
from results.models import Result
from tests.builders import make_candidate, make_centre, make_login, make_series, make_syllabus


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ("candidate", "centre"),
        ("candidate", "series"),
        ("candidate", "number"),
        ("entry", "candidate"),
        ("entry", "syllabus"),
        ("result", "entry"),
        ("credentials", "candidate"),
        ("link", "main"),
        ("link", "associate"),
        ("centre", "number"),
        ("series", "year"),
        ("series", "month"),
        ("qualification", "name"),
        ("syllabus", "code"),
    ],
)
def test_a_row_is_not_made_to_mean_something_else(world, what, field):
    make_login(world.candidate)
    entry = world.candidate.entries.first()
    other = make_candidate(world.main, world.series, "0002", grades={"0510": None})
    row = {
        "candidate": world.candidate,
        "entry": entry,
        "result": Result.objects.get(entry=entry),
        "credentials": Credentials.objects.get(),
        "link": world.associate.main_link,
        "centre": world.main,
        "series": world.series,
        "qualification": entry.syllabus.qualification,
        "syllabus": entry.syllabus,
    }[what]
    new = {
        "centre": world.associate,
        "series": make_series(2025, 11, releases={}),
        "number": "XX999" if what == "centre" else "0099",
        "candidate": other,
        "syllabus": make_syllabus("0999"),
        "entry": other.entries.get(),
        "main": world.stranger_centre,
        "associate": make_centre("NEW01"),
        "year": 2027,
        "month": 3,
        "name": "Cambridge Something",
        "code": "0998",
    }[field]
    setattr(row, field, new)

    with pytest.raises(MeaningChanged, match=f"^{field}"):
        row.save()

    row.refresh_from_db()
    assert getattr(row, field) != new


def test_what_a_row_says_may_change(world):
    world.candidate.name = "BLOGGS: Freda"
    world.candidate.save()
    world.candidate.save(update_fields=["name"])

    world.candidate.refresh_from_db()
    assert world.candidate.name == "BLOGGS: Freda"
