"""Leaving a form with unsaved edits asks; being signed out loses nothing of it."""

import pytest
from playwright.sync_api import Page, expect

from accounts.sessions import end_visits
from tests.builders import PASSWORD

pytestmark = pytest.mark.browser
STATUS = "/candidate-results/2026-06/MAIN1/status/edit/"


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the browser has asked; the answer is to stay."""
    found: list[str] = []

    def stay(dialog) -> None:
        found.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return found


def test_leaving_asks_while_something_is_unsaved_and_only_then(
    page, live_server, world, officer_at, asked
):
    world.open_all()
    officer_at("officer.main")
    page.goto(live_server.url + STATUS)
    page.get_by_role("link", name="Guidance", exact=True).click()
    expect(page).not_to_have_url(live_server.url + STATUS)
    assert asked == []

    page.goto(live_server.url + STATUS)
    name = page.get_by_label("Contact name")
    before = name.input_value()
    name.fill("Typed by hand")
    page.get_by_role("link", name="Guidance", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(name).to_have_value("Typed by hand")

    name.fill(before)  # taken back
    page.get_by_role("link", name="Guidance", exact=True).click()
    expect(page).not_to_have_url(live_server.url + STATUS)
    assert asked == ["beforeunload"]


def test_what_is_typed_is_there_after_signing_in_again_and_pressing_a_button_asks_nothing(
    page, live_server, world, officer_at, asked, look
):
    world.open_all()
    officer_at("officer.main")
    page.goto(live_server.url + STATUS)
    page.get_by_label("Contact name").fill("Typed by hand")
    end_visits(world.officer)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("You were signed out. What you typed is kept")).to_be_visible()
    look()
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    look()
    page.get_by_role("button", name="Show it again").click()
    expect(page.get_by_label("Contact name")).to_have_value("Typed by hand")
    page.get_by_label("By signing up for this service").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("The status is confirmed")).to_be_visible()
    assert asked == []
