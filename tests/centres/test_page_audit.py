"""The audit trail of a centre: by day in its own zone, by kind, in the same queries however long it is."""

import html
import re

import pytest
import time_machine

from centres import audit
from centres.audit_listing import ALL, KINDS, trail_of
from centres.models.audit import WORDS

PAGE = "/candidate-results/2026-06/MAIN1/audit/"
LETTER_FILE = "Letter file 1927fae8-bf70-427f-8047-95b65dfdbd63"


@pytest.fixture
def trail(world, client):
    """Three events: one late in the day of London, which is the next day in Bangkok."""
    world.main.time_zone = "Asia/Bangkok"
    world.main.save()
    for at, action, facts in (
        ("2026-08-04 12:02", "status_edited", {"old": {"delay": "0:00"}, "new": {"delay": "2:00"}}),
        ("2026-08-04 12:05", "letters_downloaded", {"subject": LETTER_FILE}),
        ("2026-08-04 20:00", "person_invited", {"subject": "ann.other"}),
    ):
        with time_machine.travel(f"{at}+00:00", tick=False):
            audit.record(action, by="officer.main", centre=world.main, **facts)
    client.force_login(world.officer)
    return lambda query="": html.unescape(client.get(PAGE + query).content.decode())


def test_it_says_what_who_and_when_in_the_centres_own_zone(trail):
    page = " ".join(re.sub(r"<[^>]+>", " ", trail()).split())

    assert page.index("Wednesday 5 August 2026") < page.index("Tuesday 4 August 2026")
    assert "officer.main · 19:02" in page
    assert "delay: 0:00 → 2:00" in page
    assert "Times: Bangkok time (UTC+7)." in page


def test_no_long_number_is_shown(trail):
    assert "ann.other" in trail()
    assert "Letter file" not in trail()
    assert "1927fae8" not in trail()


def test_one_kind_alone_is_shown(trail):
    assert "Downloaded letters" in trail("?kind=letters")
    assert "Edited status" not in trail("?kind=letters")
    assert re.findall(r"(\w+) <b>(\d)</b>", trail("?kind=letters")) == [
        ("All", "3"),
        ("Settings", "1"),
        ("Letters", "1"),
        ("Files", "0"),
        ("Results", "0"),
        ("People", "1"),
    ]
    assert "Nothing of this kind has been recorded" in trail("?kind=files")
    assert "Edited status" in trail("?kind=nonsense")


def test_many_changes_are_folded(trail, world):
    new = {f"field_{number}": "yes" for number in range(7)}
    audit.record("subcentres_saved", by="officer.main", centre=world.main, new=new)

    assert "<summary>7 changes</summary>" in trail()


def test_no_action_is_of_two_kinds():
    for action in WORDS:
        assert len([one for one in KINDS if one is not ALL and one.holds(action)]) <= 1, action


@pytest.mark.parametrize("count", [1, 60])
def test_it_takes_two_queries_however_long_it_is(count, world, django_assert_num_queries):
    for _ in range(count):
        audit.record("status_edited", by="officer.main", centre=world.main)
    with django_assert_num_queries(2):
        trail_of(world.main, kind="settings", page=None)
