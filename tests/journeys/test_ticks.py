"""Ticks in a list: all by the head, a range by Shift and a click, and what the bar below says of them."""

import pytest
from playwright.sync_api import Page, expect

from tests.builders import make_candidate, make_centre

pytestmark = pytest.mark.browser

SERIES = "/candidate-results/2026-06/MAIN1/"


def tick_a_range(page: Page, first: str, last: str) -> None:
    page.get_by_label(first).click()
    page.get_by_label(last).click(modifiers=["Shift"])


def test_candidates(officer_at, live_server, world):
    world.open_all()
    for number in ("0002", "0003", "0004"):
        make_candidate(world.main, world.series, number)
    page = officer_at("officer.main")
    page.goto(live_server.url + SERIES)

    tick_a_range(page, "Select 0004", "Select 0002")  # upwards, too
    for number in ("0002", "0003", "0004"):
        expect(page.get_by_label(f"Select {number}")).to_be_checked()
    expect(page.get_by_label("Select 0001")).not_to_be_checked()
    head = page.locator("[data-tick-all]")
    assert head.evaluate("box => box.indeterminate")
    expect(page.locator(".bottom-bar [data-count]").first).to_have_text("3")
    head.check()
    expect(page.get_by_label("Select 0001")).to_be_checked()
    expect(page.locator(".bottom-bar [data-count]").first).to_have_text("4")


def test_associate_centres(officer_at, live_server, world):
    world.open_all()
    make_centre("ASC03", main=world.main)
    page = officer_at("officer.main")
    page.goto(f"{live_server.url}{SERIES}attached-centres/?show=all")

    tick_a_range(page, "Select ASC01", "Select ASC03")
    expect(page.get_by_label("Select ASC02")).to_be_checked()
    expect(page.locator("[data-tick-all]")).to_be_checked()


def test_subcentre_management_passes_over_what_a_search_has_hidden(officer_at, live_server, world):
    world.open_all()
    make_centre("ASC03", main=world.main)
    page = officer_at("officer.main")
    page.goto(f"{live_server.url}{SERIES}subcentres/")

    rows = page.locator("tbody.rows tr")
    rows.nth(1).evaluate("row => { row.hidden = true }")
    rows.nth(0).locator("[name=ticked]").click()
    rows.nth(2).locator("[name=ticked]").click(modifiers=["Shift"])
    expect(page.get_by_text("2 ticked", exact=True)).to_be_visible()
    expect(rows.nth(1).locator("[name=ticked]")).not_to_be_checked()
