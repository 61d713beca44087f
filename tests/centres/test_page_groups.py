"""*Groups*, and *Put in a group* of whoever is ticked in the list of candidates (rule 14)."""

import pytest

from centres.groups import groups_of
from centres.models import AuditEvent
from tests.builders import give, make_candidate
from tests.letters import text

CENTRE = "/candidate-results/2026-06/MAIN1/"
GROUPS = CENTRE + "groups/"
PUT = GROUPS + "put/"


@pytest.fixture
def officer(client, world):
    world.open_all()
    for number in ("0002", "0003"):
        make_candidate(world.main, world.series, number, name="OTHER: Ann")
    client.force_login(world.officer)
    return client


def groups(world) -> dict[str, str]:
    return groups_of(world.main, world.series)


def test_lines_that_are_saved_stand_there_again(officer, world):
    officer.post(GROUPS, {"groups": "11A: 0001-0002", "was": ""})

    assert groups(world) == {"0001": "11A", "0002": "11A", "0003": ""}
    assert "11A: 0001-0002" in text(officer.get(GROUPS))


def test_what_was_saved_meanwhile_is_told_and_what_was_typed_is_kept(officer, world):
    officer.post(GROUPS, {"groups": "11A: 0001", "was": ""})

    html = text(officer.post(GROUPS, {"groups": "11B: 0001", "was": ""}))
    assert "Not saved: somebody saved this page after you opened it." in html
    assert '<li dir="auto">11A: 0001</li>' in html
    assert "11B: 0001</textarea>" in html


def test_whoever_is_ticked_is_named_and_then_put_in_a_group(officer, world):
    asked = text(officer.post(PUT, {"candidate": ["0001"], "also": "0003"}))
    assert "Put 2 candidates in a group" in asked
    assert 'name="candidate" value="0001"' in asked and 'name="also" value="0003"' in asked
    assert not AuditEvent.objects.filter(action="groups_saved").exists()

    put = {"candidate": ["0001"], "also": "0003", "group": " 12  A ", "put": "yes"}
    html = text(officer.post(PUT, put, follow=True))
    assert "2 candidates are in group 12 A." in html
    assert groups(world) == {"0001": "12 A", "0002": "", "0003": "12 A"}

    officer.post(PUT, {"candidate": "0001", "group": "", "put": "yes"})
    assert groups(world) == {"0001": "", "0002": "", "0003": "12 A"}


def test_a_name_that_the_lines_could_not_hold_is_refused(officer, world):
    html = text(officer.post(PUT, {"candidate": "0001", "group": "12: A", "put": "yes"}))

    assert "A group’s name has no colon." in html
    assert 'value="12: A"' in html
    assert set(groups(world).values()) == {""}


def test_nobody_of_another_centre_and_nobody_ticked_is_put_anywhere(officer, world):
    make_candidate(world.stranger_centre, world.series, "0077")

    assert officer.post(PUT, {"candidate": "0077", "group": "12A", "put": "yes"}).url == CENTRE
    assert officer.get(PUT).url == CENTRE


def test_an_associate_centre_without_access_has_no_groups_to_save(client, world):
    give(world.associate, world.series, access=False)
    client.force_login(world.associate_officer)
    here = CENTRE.replace("MAIN1", "ASC01")

    assert client.get(here + "groups/").url == here
    put = {"candidate": world.associate_candidate.number, "group": "12A", "put": "yes"}
    assert client.post(here + "groups/put/", put).url == here
    assert set(groups_of(world.associate, world.series).values()) == {""}
    assert 'href="' + here + "groups/" not in text(client.get(here))
