"""The page *Edit status* of many Associate Centres (rules 4, 9 and 13)."""

import re

import pytest
from django.http import QueryDict

from centres.models import CentreArrangement, Status
from centres.ticks import ticked_centres
from tests.asked import counted_on
from tests.builders import arrange, give, make_login, set_defaults

GLANCE = "/candidate-results/2026-06/MAIN1/attached-centres/"
URL = GLANCE + "status/edit/"
BOTH = ["ASC01", "ASC02"]


@pytest.fixture
def officer(client, world):
    """The main centre's officer; both Associate Centres have access and no status."""
    set_defaults(world.main, world.series)
    for centre in (world.associate, world.associate2):
        give(centre, world.series)
    client.force_login(world.officer)
    return client


def text(response) -> str:
    return response.content.decode()


def on(html: str) -> dict[str, str | list[str]]:
    """What the page's form posts: its centres and its version."""
    version = re.search(r'name="version" value="([^"]+)"', html)
    return {
        "centre": re.findall(r'name="centre" value="([^"]+)"', html),
        "version": version[1] if version else "",
    }


def statuses() -> dict[str, str]:
    return dict(CentreArrangement.objects.values_list("centre__number", "status"))


def test_none_ticked_means_all_shown_all_is_chosen_and_one_tick_confirms(officer):
    page = text(officer.post(URL, {"shown": BOTH}))
    assert "<h1>Edit status of 2 centres</h1>" in page
    assert re.search(r'value="all"[^>]*checked', page)
    assert "Nothing has been saved yet." in page
    assert "ALL candidates: changes 2 centres." in page

    answer = officer.post(URL, {**on(page), "status": "all", "agreed": "on"}, follow=True)
    assert answer.redirect_chain == [(GLANCE, 302)]
    assert "ALL candidates have access at 2 centres now." in text(answer)
    assert statuses() == {"ASC01": "all", "ASC02": "all"}


def test_those_ticked_alone_are_named(officer):
    page = text(officer.post(URL, {"shown": BOTH, "centre": "ASC02"}))

    assert on(page)["centre"] == ["ASC02"]
    assert "<h1>Edit status of 1 centre</h1>" in page


@pytest.mark.parametrize("url", [URL, GLANCE + "create/"])
def test_no_centre_has_a_nul_in_its_number_which_postgresql_refuses(officer, url):
    answer = officer.post(url, {"shown": BOTH, "centre": ["AS\0C1", "ASC02"]})
    assert answer.status_code == 200
    assert ticked_centres(QueryDict("shown=ASC01&centre=AS%00C1")) == []


def test_without_the_agreement_the_page_says_what_to_do(officer):
    page = on(text(officer.post(URL, {"shown": BOTH})))

    assert "Tick this box to agree" in text(officer.post(URL, {**page, "status": "all"}))
    nothing = officer.post(URL, {**page, "status": "none"})
    assert "This changes nothing at any of these centres." in text(nothing)
    assert statuses() == {}


def test_what_ends_logins_is_asked_first(officer, world):
    for centre in (world.associate, world.associate2):
        arrange(centre, world.series)
    make_login(world.associate_candidate)
    posted = {**on(text(officer.post(URL, {"shown": BOTH}))), "status": "none"}

    asked = officer.post(URL, posted)
    assert "1 candidate will lose access" in text(asked)
    assert set(statuses().values()) == {"all"}
    officer.post(URL, {**posted, "counted": counted_on(asked)})
    assert set(statuses().values()) == {"none"}


def test_gone_back_from_what_asks_the_choice_stands(officer, world):
    arrange(world.associate, world.series)
    posted = {**on(text(officer.post(URL, {"shown": BOTH}))), "status": "none", "edit": "yes"}

    assert re.search(r'value="none"[^>]*checked', text(officer.post(URL, posted)))
    assert statuses() == {"ASC01": "all"}


def test_what_somebody_else_has_changed_is_looked_at_again(officer, world):
    old = on(text(officer.post(URL, {"shown": BOTH})))
    arrange(world.associate2, world.series, status=Status.SELECTED)
    CentreArrangement.objects.update(version=1)

    page = text(officer.post(URL, {**old, "status": "all", "agreed": "on"}))
    assert "somebody has changed one of these centres" in page
    assert statuses() == {"ASC02": "selected"}
    assert on(page)["version"] != old["version"]
    officer.post(URL, {**on(page), "status": "all", "agreed": "on"})
    assert set(statuses().values()) == {"all"}


def test_what_stands_in_the_way_is_named_with_the_way_to_it(officer, world):
    give(world.associate2, world.series, access=False)

    page = text(officer.post(URL, {"shown": BOTH}))
    assert "Left out: 1" in page
    assert "You have not given it access." in page
    assert "/candidate-results/2026-06/MAIN1/subcentres/" in page
