"""One candidate lost the letter; ticks survive a search; every page tells how far the letters are."""

import pytest
from playwright.sync_api import Page, expect

from tests.builders import make_candidate, make_login
from tests.journeys.test_journeys import open_series

pytestmark = pytest.mark.browser


@pytest.fixture
def cohort(world):
    world.open_all()
    make_login(world.candidate)
    for number, name in enumerate(("NÚÑEZ: Zoë", "李: 婷婷", "OKAFOR: Chidi"), 2):
        make_candidate(world.main, world.series, f"{number:04}", name=name)
    return world


def search(page: Page, words: str) -> None:
    page.get_by_label("Search by number or name").fill(words)
    page.get_by_label("Search by number or name").press("Enter")


def test_a_lost_letter_is_made_anew_in_two_clicks_from_the_search(officer_at, look, worker, cohort):
    page = officer_at("officer.main")
    open_series(page)
    page.get_by_role("link", name="Candidates and letters").click()
    search(page, "bloggs")
    expect(page.get_by_text("NÚÑEZ")).to_have_count(0)
    assert "bloggs" not in page.url
    look()

    page.get_by_role("link", name="Re-create, 0001").click()
    expect(page.get_by_text("For 0001 BLOGGS: Fred")).to_be_visible()
    look()
    page.get_by_role("button", name="Re-create").click()
    expect(page.get_by_role("progressbar")).to_be_visible()

    page.get_by_role("link", name="Candidates and letters").click()
    expect(page.get_by_role("link", name="Letters: 0 of 1")).to_be_visible()
    look()
    page.get_by_label("Search by number or name").fill("half typed")
    worker()
    expect(page.get_by_role("link", name="Letters are ready: 1")).to_be_visible()
    expect(page.get_by_label("Search by number or name")).to_have_value("half typed")
    look()
    page.reload()
    expect(page.get_by_role("button", name="Not downloaded 1")).to_be_visible()


def test_without_javascript_ticks_survive_searches_and_the_way_back(
    browser, browser_context_args, live_server, cohort, officer_cookie
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([officer_cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/")
    page.get_by_label("Select 0001").check()
    search(page, "zoe nunez")
    expect(page.get_by_text("1 ticked of 4")).to_be_visible()
    page.get_by_label("Select 0002").check()
    search(page, "okafor")
    page.get_by_role("button", name="Show all 4").click()
    expect(page.get_by_label("Select 0001")).to_be_checked()
    expect(page.get_by_label("Select 0002")).to_be_checked()
    expect(page.get_by_label("Select 0003")).not_to_be_checked()

    page.get_by_role("button", name="Create credentials").click()
    expect(page.get_by_text("For the 2 ticked candidates.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Select 0002")).to_be_checked()
    page.get_by_role("button", name="Create credentials").click()
    page.get_by_role("button", name="Create credentials and end 1 login").click()
    expect(page.get_by_text("about to be made")).to_be_visible()
    page.get_by_role("link", name="Candidates and letters").click()
    expect(page.get_by_role("link", name="See how far June 2026 is")).to_be_visible()
    context.close()


@pytest.fixture
def officer_cookie(client, live_server, world) -> dict:
    client.force_login(world.officer)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
