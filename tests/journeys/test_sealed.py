"""Keyholders in a browser: the passphrase that is shown once, and an opening by two, each in a browser of their own."""

import io
import re

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Error, Page, expect

from tests.builders import PASSWORD, make_candidate, make_series
from tests.sealed.cast import HEADS, Cast, give_file, make_ring, make_seal

pytestmark = pytest.mark.browser
ROOT = "/board/sealed-results"


def sign_in(page: Page, base: str, username: str) -> Page:
    page.goto(base)
    page.get_by_label("Username", exact=True).fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Administer exams")).to_be_visible()
    return page


@pytest.fixture
def ring(world) -> list[Cast]:
    ring = make_ring()
    series = make_series(2026, 11)
    make_candidate(world.main, series, grades={"0580": None})
    seal = make_seal(series, ring[0].user, opens_from=timezone.now())
    give_file(seal, f"{HEADS}2026-11,MAIN1,0001,0580,A,85\n", by=ring[0].user)
    return ring


def test_a_passphrase_is_shown_printed_and_tried(officer_at, live_server, look, ring):
    page = officer_at("board")
    page.goto(f"{live_server.url}{ROOT}/keyholders/")
    look()
    page.get_by_role("link", name="Make my keys").click()
    expect(page.get_by_role("heading", name="Make your keys?")).to_be_focused()
    look()
    page.get_by_role("button", name="Make my keys and show the passphrase").click()
    words = page.locator(".passphrase-words li")
    expect(words).to_have_count(7)
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    look()
    passphrase = " ".join(words.all_inner_texts())
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the sheet (PDF)").click()
    assert downloading.value.suggested_filename == "keyholder-sheet.pdf"
    sheet = io.BytesIO(downloading.value.path().read_bytes())
    assert passphrase.split()[-1] in pypdf.PdfReader(sheet).pages[0].extract_text()

    page.get_by_role("link", name="Try my passphrase").click()
    field = page.get_by_label("Your passphrase")
    field.fill(passphrase.upper().replace(" ", "-"))
    expect(field).to_have_css("-webkit-text-security", "disc")
    look()
    page.get_by_label("Show the words").check()
    expect(field).to_have_css("-webkit-text-security", "none")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("This is your passphrase.")).to_be_visible()
    look()
    page.go_back()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser has kept nothing of that page
        page.go_back()


def test_two_open_a_series_in_three_clicks_each(
    officer_at, live_server, look, ring, browser: Browser, worker
):
    first, second = ring[0], ring[1]
    page = officer_at(first.user.username)
    page.goto(f"{live_server.url}{ROOT}/")
    look()
    page.get_by_role("link", name="November 2026", exact=True).click()
    look()
    page.get_by_role("link", name="Open the results").click()
    look()
    page.get_by_role("button", name="Begin to open November 2026").click()
    expect(page.get_by_role("heading", name="0 of 2 passphrases given")).to_be_visible()
    look()
    page.get_by_label("Your passphrase").fill("seven words that are nobody’s")
    page.get_by_role("button", name="Give my passphrase").click()
    expect(page.get_by_text("This is not your passphrase.")).to_be_visible()
    look()
    page.get_by_label("Your passphrase").fill(first.passphrase)
    page.get_by_role("button", name="Give my passphrase").click()
    expect(page.get_by_role("heading", name="1 of 2 passphrases given")).to_be_visible()
    look()

    other = sign_in(browser.new_page(), live_server.url, second.user.username)
    other.get_by_role("link", name="Board", exact=True).click()
    other.get_by_role("link", name=re.compile("^Give my passphrase")).click()
    other.get_by_label("Your passphrase").fill(second.passphrase)
    other.get_by_role("button", name="Give my passphrase").click()
    expect(other.get_by_role("heading", name="Being loaded")).to_be_visible()

    # The first one's page comes by itself: it is done.
    page.get_by_role("link", name="See the opening").click()
    look()
    worker()
    expect(page.get_by_role("heading", name="What was loaded")).to_be_visible()
    look()
    page.goto(f"{live_server.url}{ROOT}/")
    expect(page.get_by_text("Opened", exact=True)).to_be_visible()
    look()


def test_the_keyholders_are_changed_on_pages_that_ask(officer_at, live_server, look, ring):
    page = officer_at("board")
    page.goto(f"{live_server.url}{ROOT}/keyholders/keys/")
    page.get_by_role("button", name="Make my keys and show the passphrase").click()
    page.goto(f"{live_server.url}{ROOT}/keyholders/")
    page.get_by_role("link", name="Appoint, retire or replace").click()
    look()
    page.get_by_label("board (board)").check()
    page.get_by_role("button", name="See what it means").click()
    expect(page.get_by_role("heading", name="Change the keyholders?")).to_be_focused()
    look()
    page.get_by_role("button", name="Begin, and give passphrases").click()
    expect(page.get_by_text("You are no keyholder")).to_be_visible()
    look()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. Nothing was opened or changed.")).to_be_visible()
    look()


def test_a_results_file_is_given_refused_and_given_again(officer_at, live_server, look, ring):
    page = officer_at("board")
    page.goto(f"{live_server.url}{ROOT}/series/2026-11/")
    page.get_by_role("link", name="Give a results file").click()
    look()

    def give(text: str) -> None:
        file = {"name": "november.csv", "mimeType": "text/csv", "buffer": f"{HEADS}{text}".encode()}
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_label("Replaces the file given before").check()
        page.get_by_role("button", name="Check and seal").click()

    give("2026-11,MAIN1,0001,0580,A9,85\n2026-11,MAIN1,0002,0580,A,85\n")
    expect(page.get_by_text("Nothing of the file was kept.")).to_be_visible()
    look()
    give("2026-11,MAIN1,0001,0580,A,85\n")
    expect(page.get_by_role("heading", name="The file is sealed")).to_be_visible()
    expect(page.get_by_role("cell", name="100.0 %").first).to_be_visible()
    look()
    page.get_by_role("link", name="Go to November 2026").click()
    expect(page.get_by_text("Replaced")).to_be_visible()
