"""The board corrects results in the browser, and the candidate sees the new grade with its date."""

import pytest
from django.utils import dateformat, timezone
from playwright.sync_api import Browser, expect

from centres.models import Release
from tests.builders import (
    IGCSE_RELEASE,
    make_board_operator,
    make_login,
)
from tests.loading.test_workbook import HEADS, workbook

pytestmark = pytest.mark.browser


@pytest.fixture
def released(world):
    """June 2026 is released; MAIN1's candidate has a login."""
    world.open_all()
    Release.objects.update(candidates_at=IGCSE_RELEASE.replace(year=2025))
    world.login = make_login(world.candidate)
    make_board_operator("board.second")
    return world


def test_a_corrections_workbook_is_looked_at_applied_and_seen(
    officer_at, live_server, look, released, worker, browser: Browser
):
    row = ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred", 65, 127, "A*")
    book = {"name": "corrections.xlsx", "mimeType": "", "buffer": workbook(HEADS, row)}
    page = officer_at("board")
    page.get_by_role("link", name="Board", exact=True).click()
    page.get_by_role("link", name="Load files").click()
    page.get_by_label("File", exact=True).set_input_files([book])
    page.get_by_label("Why results change").fill("Review of marking")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("heading", name="Being read")).to_be_visible()
    look()

    worker()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(page.get_by_role("cell", name="grade: A → A*")).to_be_visible()
    look()
    given = page.url
    page.context.clear_cookies()
    officer_at("board.second")
    page.goto(given)
    page.get_by_role("link", name="Apply 1 change").click()
    expect(page.get_by_role("heading", name="Apply this file of results?")).to_be_focused()
    look()
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.get_by_role("heading", name="Being applied")).to_be_visible()
    worker()
    expect(page.get_by_text("Applied", exact=True).first).to_be_visible()

    candidate = browser.new_page()
    username, password, _ = released.login
    candidate.goto(f"{live_server.url}/results/")
    candidate.get_by_label("Username").fill(username)
    candidate.get_by_label("Password").fill(password)
    candidate.get_by_role("button", name="Log in").click()
    changed = candidate.get_by_role("row").filter(has_text="0580")
    expect(changed).to_contain_text("A*(a*)")
    there = timezone.localtime(timezone=released.main.zone)
    expect(changed).to_contain_text(dateformat.format(there, "j F Y"))


def test_a_file_from_a_spreadsheet_tells_each_fault_once_and_asks_about_spoilt_names(
    officer_at, live_server, look, released, worker
):
    """The kind is told by the heads, whatever stands between them."""
    heads = "series;centre;candidate_number;candidate_name;date_of_birth;uci;syllabus;option_code;status\n"
    row = "Jun-26;MAIN1;{};M?LLER: Jan;{};;0580;AX;{}\n"
    bad = "".join(
        row.format(at, "04/03/2009", "maybe" if at % 3 else "valid") for at in range(1, 40)
    )
    page = officer_at("board")

    def give(text: str) -> None:
        page.goto(f"{live_server.url}/board/loading/")
        file = {"name": "entries.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.get_by_label("File", exact=True).set_input_files([file])
        page.get_by_role("button", name="See what would change").click()
        worker()

    give(heads + bad)
    expect(page.get_by_role("heading", name="File rejected")).to_be_visible()
    expect(page.get_by_text("39 bad rows.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="“04/03/2009” is not a date")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="“maybe” is not known here")).to_have_count(1)
    look()

    give(heads + row.format(7, "2009-03-04", "valid"))
    expect(page.get_by_role("heading", name="Names with lost letters: 1")).to_be_visible()
    look()
    page.get_by_role("main").get_by_role("link", name="Apply").click()
    page.get_by_label("These names are right as they stand").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Being applied")).to_be_visible()
    worker()
    expect(page.get_by_text("Applied", exact=True).first).to_be_visible()
