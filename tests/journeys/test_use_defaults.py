"""Subcentre Management: with a tick at *Use defaults* the rows that do not count can be edited no more, at once."""

import pytest
from playwright.sync_api import Browser, Page, expect

from centres.subcentres import management_of
from tests.builders import PASSWORD
from tests.journeys.test_journeys import open_series

pytestmark = pytest.mark.browser


def delay(page: Page, row: str):
    return page.get_by_label(f"Candidate Results delay, {row}")


def test_rows_follow_the_tick_and_keep_their_values(officer_at, look, world):
    page = officer_at("officer.main")
    open_series(page)
    page.get_by_role("link", name="Manage attached centres").click()
    expect(delay(page, "defaults")).to_be_disabled()
    look()
    page.get_by_label("Tick ASC01").check()
    page.get_by_label("Delay", exact=True).fill("1:30")
    page.get_by_role("button", name="Apply to the 1 ticked").click()
    expect(page.get_by_text("was 0:00")).to_be_visible()
    expect(page.get_by_text("1 centre delay 0:00 → 1:30")).to_be_visible()
    look()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Each row is in force for its centre now.")).to_be_visible()

    page.get_by_label("Use defaults").check()
    expect(delay(page, "ASC01")).to_be_disabled()
    delay(page, "defaults").fill("9:00")
    look()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The first row is in force for all")).to_be_visible()
    expect(delay(page, "ASC01")).to_have_value("1:30")
    look()
    page.get_by_label("Use defaults").uncheck()
    expect(delay(page, "ASC01")).to_be_enabled()
    expect(delay(page, "defaults")).to_be_disabled()


def test_without_javascript_rows_follow_the_tick_and_nothing_typed_is_lost(
    browser: Browser, live_server, world
):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/subcentres/")
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    delay(page, "ASC01").fill("1:30")
    page.get_by_role("button", name="Tick all 2").click()
    expect(delay(page, "ASC01")).to_have_value("1:30")
    expect(page.get_by_text("Apply to the 2 ticked")).to_be_visible()
    page.get_by_label("Use defaults").check()
    expect(delay(page, "ASC01")).to_be_hidden()
    delay(page, "defaults").fill("2:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The first row is in force for all")).to_be_visible()
    assert management_of(world.main, world.series).use_defaults
    page.context.close()
