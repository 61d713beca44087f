"""An exams officer on results day: how far everybody is, live, and whom to telephone."""

import pytest
from playwright.sync_api import Page, expect

from credentials.logins.authentication import note_page_seen, note_results_seen
from tests.builders import AFTER, make_login

pytestmark = pytest.mark.browser


@pytest.fixture
def looked(world):
    """MAIN1's candidate has looked, ASC01's has not, ASC02's has no letter."""
    world.open_all()
    world.series.releases.update(candidates_at=AFTER.replace(year=2025))
    _, _, credentials = make_login(world.candidate)
    make_login(world.associate_candidate)
    note_page_seen(credentials)
    note_results_seen(credentials, [])
    return world


def test_the_officer_watches_the_day_and_telephones(officer_at, live_server, look, looked):
    page = officer_at("officer.main")
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/")
    page.get_by_role("link", name="Results day").click()
    expect(page.get_by_role("img", name="Sign-ins of the last hour")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Results seen, MAIN1")).to_be_visible()
    look()

    page.get_by_role("link", name="List to telephone", exact=True).click()
    expect(page.get_by_role("heading", name="2 of 3 have not looked so far")).to_be_visible()
    look()
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Note")).to_be_visible()
    expect(page.get_by_role("link", name="Download as CSV")).to_be_hidden()


def test_what_was_typed_and_chosen_stays_when_the_page_renews_itself(
    officer_at, live_server, looked
):
    page: Page = officer_at("officer.main")
    page.clock.install()
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/results-day/?sort=centre")
    page.get_by_label("Search by number or name").fill("asc")
    expect(page.get_by_role("progressbar", name="Results seen, ASC01")).to_have_js_property(
        "value", 0
    )

    [credentials] = looked.associate_candidate.credentials.all()
    note_results_seen(credentials, [])
    page.clock.run_for(31_000)
    expect(page.get_by_role("progressbar", name="Results seen, ASC01")).to_have_js_property(
        "value", 1
    )
    expect(page.get_by_label("Search by number or name")).to_have_value("asc")
    expect(page.get_by_role("link", name="By centre number")).to_have_attribute(
        "aria-current", "true"
    )
