"""A main centre's officer makes letters for all her Associate Centres in one go."""

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.builders import PASSWORD, make_centre
from tests.journeys.test_journeys import open_series
from tests.letters import texts

pytestmark = pytest.mark.browser


def open_attached(page: Page) -> None:
    open_series(page)
    page.get_by_role("link", name="Associate Centres").click()
    expect(page.get_by_role("heading", name="Associate Centres", exact=True)).to_be_visible()


def test_letters_for_many_centres_are_asked_for_watched_and_downloaded_on_one_page(
    officer_at, look, worker, world, tmp_path
):
    world.open_all()
    make_centre("ASC03", main=world.main)
    page = officer_at("officer.main")
    open_attached(page)
    look()
    page.get_by_role("link", name="All 3").click()
    expect(page.get_by_role("link", name="ASC03")).to_be_visible()
    look()
    page.get_by_label("Search by number or name").fill("asc02")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("asc02"))
    expect(page.get_by_role("link", name="ASC01")).to_have_count(0)
    look()
    page.get_by_role("link", name="Needs something 1").click()
    page.get_by_role("link", name="Show without the search").click()

    page.get_by_label("Select ASC01").check()
    expect(page.get_by_role("button", name="Create credentials at 1 centre")).to_be_visible()
    page.get_by_label("Select all 2").check()
    page.get_by_role("button", name="Create credentials at 2 centres").click()
    expect(
        page.get_by_role("heading", name=re.compile(r"^Create credentials for 2 .*\?$"))
    ).to_be_visible()
    look()
    page.get_by_role("button", name="Create credentials").click()
    expect(page.get_by_text("The letters are being made: 0 of 2.")).to_be_visible()
    look()
    address = page.url
    page.goto("about:blank")  # she closes the browser
    worker()
    page.goto(address)
    expect(page.get_by_text("2 letters made.")).to_be_visible()
    look()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all (zip)").click()
    download.value.save_as(tmp_path / "letters.zip")
    with zipfile.ZipFile(tmp_path / "letters.zip") as archive:
        letters = {name: texts(archive.read(name)) for name in archive.namelist()}
    assert sorted(letters) == ["letters-2026-06-ASC01.pdf", "letters-2026-06-ASC02.pdf"]
    assert all("BLOGGS: Fred" in page for (page,) in letters.values())

    page.get_by_role("link", name="Back to Associate Centres").click()
    expect(page.get_by_text("No Associate Centre needs anything now", exact=True)).to_be_visible()
    look()


def test_without_javascript_progress_shows_too(browser, live_server, worker, world):
    world.open_all()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url)
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    open_attached(page)
    page.get_by_role("button", name="Create credentials at 2 centres").click()
    page.get_by_role("button", name="Create credentials").click()
    expect(page.get_by_text("The letters are being made: 0 of 2.")).to_be_visible()
    worker()
    expect(page.get_by_text("2 letters made.")).to_be_visible()
