"""An officer puts candidates into groups, gives the password again, and gets the letters as wanted."""

import io
import zipfile

import pypdf
import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.session_store import SessionStore
from credentials.letters.issuing import request_letters
from tests.builders import BEFORE, PASSWORD, make_candidate

pytestmark = pytest.mark.browser
CENTRE = "/candidate-results/2026-06/MAIN1/"


@pytest.fixture
def letters(world, worker):
    """Four letters, ready."""
    world.open_all()
    for number, name in enumerate(("NÚÑEZ: Zoë", "李: 婷婷", "OKAFOR: Chidi"), 2):
        make_candidate(world.main, world.series, f"{number:04}", name=name)
    candidates = world.main.candidates.filter(series=world.series)
    found = request_letters(
        centre=world.main, series=world.series, by=world.officer, candidates=candidates, at=BEFORE
    )
    worker()
    return found


def an_hour_passes() -> None:
    """Since whoever is signed in last gave the password."""
    for row in Session.objects.all():
        session = SessionStore(session_key=row.session_key)
        for record in session.get("account_authentication_methods", []):
            record["at"] -= 3600
        session.save()


def test_letters_by_group_after_the_password(officer_at, look, live_server, letters, tmp_path):
    page = officer_at("officer.main")
    page.goto(f"{live_server.url}{CENTRE}")
    page.get_by_role("link", name="Groups").click()
    page.get_by_label("Groups").fill("11A: 0003\n11B 0001\nHall: 0009")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Line 2: write the group, a colon, and numbers")).to_be_visible()
    expect(page.get_by_text("Line 3: this centre has no candidate 0009")).to_be_visible()
    look()
    page.get_by_label("Groups").fill("11A: 0003\n9B: 0001, 0004")
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Letter files").click()
    look()
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_label("Order").select_option("Group")
    page.get_by_label("Language").select_option("Español")
    page.get_by_label("Cover sheet").check()
    look()
    an_hour_passes()
    page.get_by_role("button", name="Download the letters").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    look()
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Thank you. The download starts automatically.")).to_be_visible()
    expect(page.get_by_label("Order")).to_have_value("group")
    look()

    download.value.save_as(tmp_path / "letters.pdf")
    pages = [one.extract_text() for one in pypdf.PdfReader(tmp_path / "letters.pdf").pages]
    on_pages = ["9B", "BLOGGS", "OKAFOR", "11A", "李", "No group", "NÚÑEZ"]
    assert [words in text for words, text in zip(on_pages, pages, strict=True)] == [True] * 7
    assert "Firma" in pages[0] or "firma" in pages[0]

    page.reload()
    expect(page.get_by_text("The download starts automatically")).to_have_count(0)
    expect(page.get_by_text("by officer.main").first).to_be_visible()
    page.get_by_label("Cover sheet").uncheck()
    page.get_by_label("Blank back after each page").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="One file for each candidate (zip)").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(archive.namelist()) == ["0001.pdf", "0002.pdf", "0003.pdf", "0004.pdf"]
        assert len(pypdf.PdfReader(io.BytesIO(archive.read("0004.pdf"))).pages) == 2


def test_without_javascript_the_password_leads_to_the_file_too(
    browser, browser_context_args, live_server, client, letters, world
):
    client.force_login(world.officer)
    session = client.cookies["sessionid"].value
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    an_hour_passes()
    page.goto(f"{live_server.url}{CENTRE}letters/{letters.pk}/?candidate=0002&large=on")
    page.get_by_role("button", name="Download the letters").click()
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Confirm").click()

    assert download.value.suggested_filename.startswith("letters-2026-06-MAIN1-")
    assert len(pypdf.PdfReader(download.value.path()).pages) == 1
    expect(page.get_by_role("textbox", name="Candidates")).to_have_value("0002")
    expect(page.get_by_label("Large print")).to_be_checked()
    context.close()
