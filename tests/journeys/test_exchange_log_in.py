"""An upload goes on after a new log-in in another tab, and is found again after a reload; another person who
logs in on the same browser gets nothing of it."""

import os
import random
import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from exchange.models import Upload, Version
from tests.journeys.cutting import line_to
from tests.journeys.test_exchange import MEGABYTE, begin, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storage_folder")]

HALF = re.compile(r"[3-9]0 % sent")
SIGNED_OUT = "You are signed out. What was sent is kept"


@pytest.fixture
def recording(tmp_path) -> Path:
    path = tmp_path / "oral.mp3"
    path.write_bytes(
        b"ID3\x03\x00\x00\x00\x00\x00\x00" + random.Random(32).randbytes(32 * MEGABYTE)
    )
    return path


def test_a_session_that_ends_in_the_middle_pauses_it_and_a_new_log_in_in_another_tab_goes_on(
    page: Page, live_server, world, look, recording
):
    with line_to(live_server.url, slow=0.1) as line:
        sign_in(page, line.address, "officer.asc01")
        begin(page, line.address, recording)
        expect(page.get_by_text(HALF)).to_be_visible()
        Session.objects.all().delete()
        expect(page.get_by_text(SIGNED_OUT)).to_be_visible()
        look()
        begun = Upload.objects.get()
        assert begun.stored.size and not Version.objects.exists()

        # Somebody else on the same browser gets nothing of it.
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Log in again in another tab").click()
        tab = opened.value
        sign_in(tab, line.address, "officer.main")
        tab.goto(f"{line.address}/file-exchange/ASC01/MAIN1/upload/")
        assert "oral.mp3" not in tab.content()
        page.bring_to_front()
        page.get_by_role("button", name="Continue").click()
        expect(
            page.get_by_text("officer.main is logged in now, and this upload is")
        ).to_be_visible()
        assert Upload.objects.get() == begun

        tab.get_by_role("button", name="Log out").click()
        sign_in(tab, line.address, "officer.asc01")
        page.bring_to_front()
        page.evaluate("window.dispatchEvent(new Event('focus'))")  # as when its tab is chosen
        expect(page.get_by_role("heading", name=recording.name)).to_be_visible(timeout=60_000)
    assert line.sent < 32 * MEGABYTE * 1.6  # it went on, and did not begin anew
    version = Version.objects.get()
    assert version.uploaded_by == "officer.asc01"
    assert version.stored.size == recording.stat().st_size
    assert Upload.objects.get().pk == begun.pk


def test_a_new_log_in_in_another_tab_alone_pauses_nothing(
    page: Page, live_server, world, recording
):
    """It changes the token that the page has."""
    with line_to(live_server.url, slow=0.1) as line:
        sign_in(page, line.address, "officer.asc01")
        begin(page, line.address, recording)
        expect(page.get_by_text(HALF)).to_be_visible()
        tab = page.context.new_page()
        tab.goto(line.address)
        tab.get_by_role("button", name="Log out").click()
        sign_in(tab, line.address, "officer.asc01")
        page.bring_to_front()
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(page.get_by_role("heading", name=recording.name)).to_be_visible(timeout=60_000)
    assert Version.objects.get().stored.size == recording.stat().st_size


def test_after_a_reload_it_is_listed_and_goes_on_with_the_same_file_alone(
    page: Page, live_server, world, look, recording, tmp_path
):
    page.on("dialog", lambda dialog: dialog.accept())  # whether to leave the page
    with line_to(live_server.url, slow=0.05) as line:
        sign_in(page, line.address, "officer.asc01")
        begin(page, line.address, recording)
        expect(page.get_by_text(HALF)).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Not finished")).to_be_visible()
        expect(page.get_by_text(re.compile(r"[1-9]\d? % of 32.0.MB sent"))).to_be_visible()
        look()
        assert page.evaluate("Object.keys(localStorage).length") == 0
        begun = Upload.objects.get()

        changed = tmp_path / "other" / recording.name
        changed.parent.mkdir()
        changed.write_bytes(recording.read_bytes())
        os.utime(changed, (1_000_000_000, 1_000_000_000))
        choose(page, recording.name, changed)
        expect(
            page.get_by_text("is not the file that was begun, or it was changed")
        ).to_be_visible()

        choose(page, recording.name, recording)
        expect(page.get_by_role("heading", name=recording.name)).to_be_visible(timeout=60_000)
    assert Upload.objects.get().pk == begun.pk and Version.objects.count() == 1
    assert Version.objects.get().stored.size == recording.stat().st_size


def test_what_finds_no_room_is_kept_and_goes_on_when_the_same_file_is_chosen_again(
    page: Page, live_server, world, recording, settings
):
    with line_to(live_server.url, slow=0.1) as line:
        sign_in(page, line.address, "officer.asc01")
        begin(page, line.address, recording)
        expect(page.get_by_text(HALF)).to_be_visible()
        limit, settings.EXCHANGE_CENTRE_LIMIT = settings.EXCHANGE_CENTRE_LIMIT, MEGABYTE
        expect(page.get_by_text("other files have come meanwhile")).to_be_visible()
        begun = Upload.objects.get()
        settings.EXCHANGE_CENTRE_LIMIT = limit
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", name=recording.name)).to_be_visible(timeout=60_000)
    assert Upload.objects.get().pk == begun.pk
    assert Version.objects.get().stored.size == recording.stat().st_size


def choose(page: Page, name: str, path: Path) -> None:
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name=f"Continue with {name}").click()
    asked.value.set_files(path)


def test_it_is_cancelled_from_the_list(page: Page, live_server, world, recording):
    page.on("dialog", lambda dialog: dialog.accept())
    with line_to(live_server.url, slow=0.1) as line:
        sign_in(page, line.address, "officer.asc01")
        begin(page, line.address, recording)
        expect(page.get_by_text(HALF)).to_be_visible()
        page.goto(f"{line.address}/file-exchange/ASC01/MAIN1/")
        page.get_by_role("link", name="Continue with it").click()
        page.get_by_role("button", name=f"Cancel {recording.name}").click()
        expect(page.get_by_text("Nothing of it is kept.")).to_be_visible()
    assert not Upload.objects.exists()
