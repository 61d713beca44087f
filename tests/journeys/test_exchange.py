"""File Exchange: a large file goes up over a line that breaks, and the other side gets the very same."""

import hashlib
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exchange.models import Upload, Version
from tests.builders import PASSWORD
from tests.journeys.cutting import line_to

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storage_folder")]

MEGABYTE = 1024 * 1024
SIZE = 300


def made_up_file(path: Path) -> str:
    """300 MB that begin like a PDF; the digest."""
    digest, block = hashlib.sha256(), random.Random(300).randbytes(MEGABYTE)
    with path.open("wb") as file:
        for number in range(SIZE):
            piece = b"%PDF-1.7\n" + number.to_bytes(4, "big") + block[13:]
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()


def sign_in(page: Page, site: str, username: str) -> None:
    page.goto(site)
    page.get_by_label("Username", exact=True).fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Administer exams")).to_be_visible()


def test_300_mb_go_up_though_the_connection_breaks_twice_and_come_down_the_same(
    page: Page, live_server, world, worker, tmp_path
):
    path = tmp_path / "results of June 2026.pdf"
    digest = made_up_file(path)
    with line_to(live_server.url, cut_after=(80 * MEGABYTE, 190 * MEGABYTE)) as line:
        sign_in(page, line.address, "officer.main")
        page.get_by_role("navigation", name="Direct").get_by_role(
            "link", name="File Exchange"
        ).click()
        page.get_by_role("link", name="ASC01 Made-up School ASC01 with MAIN1").click()
        page.get_by_role("link", name="Upload a file").click()
        page.get_by_label("Series").select_option("June 2026")
        page.get_by_label("What it is about").select_option("Results")
        page.get_by_label("File", exact=True).set_input_files(path)
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", name=path.name)).to_be_visible(timeout=60_000)
        assert line.cuts == 2
    assert (line.sent / MEGABYTE) < SIZE + 40  # it went on, and did not begin anew

    worker()
    version = Version.objects.get()
    assert version.stored.sha256 == digest and version.file.folder == "June 2026, Results"
    page.context.clear_cookies()
    sign_in(page, live_server.url, "officer.asc01")
    expect(page.get_by_text("1 new file")).to_be_visible()
    page.get_by_role("navigation", name="Direct").get_by_role("link", name="File Exchange").click()
    page.get_by_role("link", name="ASC01 Made-up School ASC01 with MAIN1").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name=f"Download {path.name}").click()
    assert taken.value.suggested_filename == path.name
    with Path(taken.value.path()).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest
    page.get_by_role("link", name=path.name, exact=True).click()
    expect(page.get_by_text(digest)).to_be_visible()
    expect(page.get_by_text("by officer.asc01")).to_be_visible()


def test_an_upload_is_paused_goes_on_after_a_reload_and_can_be_cancelled(
    page: Page, live_server, world, look, tmp_path
):
    path = tmp_path / "ours.pdf"
    path.write_bytes(b"%PDF-1.7\n" + random.Random(24).randbytes(24 * MEGABYTE))
    half = re.compile(r"[5-9]0 % sent")  # the first part, a third, has come whole
    page.on("dialog", lambda dialog: dialog.accept())  # whether to leave the page
    with line_to(live_server.url, slow=0.1) as line:
        sign_in(page, line.address, "officer.asc01")
        begin(page, line.address, path)
        expect(page.get_by_text(half)).to_be_visible()
        page.get_by_role("button", name="Pause").press("Enter")
        expect(page.get_by_text("Paused. What was sent is kept for a day.")).to_be_visible()
        look()
        upload = Upload.objects.get()
        assert upload.stored.size

        begin(page, line.address, path)
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text(half)).to_be_visible()
        assert Upload.objects.get() == upload

        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Cancelled. Nothing of it is kept.")).to_be_visible()
        expect(page.get_by_role("button", name="Upload")).to_be_visible()
    assert not Upload.objects.exists() and not Version.objects.exists()


def begin(page: Page, site: str, path: Path) -> None:
    page.goto(f"{site}/file-exchange/ASC01/MAIN1/upload/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload").click()


def test_what_is_refused_is_said_where_the_file_was_chosen(
    page: Page, live_server, world, officer_at, look, tmp_path
):
    path = tmp_path / "program.pdf"
    path.write_bytes(b"MZ\x90\x00" + bytes(1000))
    page = officer_at("officer.asc01")
    page.goto(f"{live_server.url}/file-exchange/ASC01/MAIN1/upload/")
    page.get_by_label("Note").fill("What I typed")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("This is a program.")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("What I typed")
    look()
