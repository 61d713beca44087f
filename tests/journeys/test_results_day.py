"""An exams officer on results day: how far everybody is, live, and whom to call."""

import re
import time
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from credentials.logins.authentication import note_page_seen, note_results_seen
from tests.builders import AFTER, make_candidate, make_login

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


def test_the_officer_watches_the_day_and_calls(officer_at, live_server, look, looked):
    page = officer_at("officer.main")
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/")
    page.get_by_role("link", name="Results day").click()
    expect(page.get_by_role("img", name="Sign-ins of the last hour")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Results seen, MAIN1")).to_be_visible()
    look()

    page.get_by_role("link", name="Call list: 2", exact=True).click()
    expect(page.get_by_text("2 of 3 have not looked so far.")).to_be_visible()
    look()
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Note").first).to_be_visible()
    expect(page.get_by_role("link", name="Download as CSV")).to_be_hidden()


def test_the_call_list_is_printed_25_to_a_page_with_the_centre_on_each(
    officer_at, live_server, looked
):
    for number in range(2, 61):
        name = (
            "BLOGGS: Maria del Carmen Francisca of the very long name" if number == 9 else "DOE: Jo"
        )
        make_candidate(looked.associate, looked.series, f"{number:04}", name=name)
    page: Page = officer_at("officer.main")
    page.goto(f"{live_server.url}/candidate-results/2026-06/ASC01/results-day/not-seen/")

    for paper in ("A4", "Letter"):
        sheets = [
            sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format=paper))).pages
        ]
        assert [len(re.findall(r"^\s*00\d\d\b", one, re.M)) for one in sheets] == [25, 25, 10]
        for sheet in sheets:
            assert "Call list: ASC01 Made-up School ASC01, June 2026" in sheet
            assert all(head in sheet for head in ("Number", "Name", "Reached", "Note"))
            assert "Guidance for this page" not in sheet


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
    expect(page.get_by_label("Search by number or name")).to_be_focused()
    page.keyboard.type("01")
    expect(page.get_by_label("Search by number or name")).to_have_value("asc01")
    expect(page.get_by_role("link", name="Call list: 1", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="By centre number")).to_have_attribute(
        "aria-current", "true"
    )


def test_what_has_the_focus_keeps_it_when_the_page_renews_itself(officer_at, live_server, looked):
    page: Page = officer_at("officer.main")
    page.clock.install()
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/results-day/")
    call = page.get_by_role("link", name="1 to call at ASC01")
    call.focus()
    clock = page.locator("#day-clock").inner_text()

    time.sleep(1.1)  # the server's own clock goes on by the second that is shown
    page.clock.run_for(31_000)
    expect(page.locator("#day-clock")).not_to_have_text(clock)
    expect(call).to_be_focused()


def test_without_a_script_the_page_is_renewed_by_a_link(
    browser, browser_context_args, officer_at, live_server, looked
):
    address = f"{live_server.url}/candidate-results/2026-06/MAIN1/results-day/"
    state = officer_at("officer.main").context.storage_state()
    context = browser.new_context(
        **browser_context_args, java_script_enabled=False, storage_state=state
    )
    page = context.new_page()
    page.goto(address)

    expect(page.get_by_text("Live", exact=False).first).to_be_hidden()
    expect(page.get_by_role("link", name="Stop")).to_be_hidden()
    page.get_by_role("link", name="Refresh").click()
    expect(page).to_have_url(address)
    context.close()
