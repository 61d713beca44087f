"""A viewer reads a broadsheet: opens the centre, takes it as workbook and as PDF, compares with the page."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from results.corrections import Correction, correct
from results.exports import build
from results.models import Result
from tests.builders import AFTER, BEFORE, make_candidate
from tests.results.downloaded import rows_of_xlsx, text_of

pytestmark = pytest.mark.browser

SAID = ("A(a)", "B(b)", "Pending", "C(c)")


@pytest.fixture
def released(world):
    world.series.releases.update(candidates_at=AFTER.replace(year=2025))
    make_candidate(world.main, world.series, "0002", name="محمود: ليلى", grades={"0580": "C"})
    Result.objects.update(added_at=BEFORE.replace(year=2025))
    return world


def test_a_viewer_reads_a_broadsheet(
    officer_at, live_server, look, worker, released, monkeypatch, tmp_path
):
    page = officer_at("viewer.main")
    page.goto(f"{live_server.url}/entries-and-results/2026-06/MAIN1/candidates/")
    shown = page.get_by_role("main").inner_text()
    page.locator("summary", has_text="Download").click()
    look()
    page.get_by_role("link", name="Download results").click()
    look()

    def taken(format: str) -> bytes:
        page.get_by_role("radio", name=f"Broadsheet, {format}").first.check()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return Path(path).read_bytes()

    rows = rows_of_xlsx(taken("Workbook (xlsx)"))
    assert [(row["Candidate number"], row["Name"]) for row in rows] == [
        ("0001", "BLOGGS: Fred"),
        ("0002", "محمود: ليلى"),
    ]
    told = " ".join(text_of(taken("PDF")))
    cells = [cell for row in rows for cell in row.values()]
    for said in SAID:
        assert (said in shown, said in cells, said in told) == (True, True, True)

    monkeypatch.setattr(build, "SMALL_XLSX", 1)
    page.get_by_role("radio", name="Broadsheet, Workbook (xlsx)").last.check()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_text("The file is about to be made.")).to_be_visible()
    look()
    worker()
    expect(page.get_by_text("The file is ready.")).to_be_visible()
    look()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download", exact=True).click()
    rows = rows_of_xlsx(Path(download.value.path()).read_bytes())
    assert [row["Centre"] for row in rows] == ["ASC01", "ASC02", "MAIN1", "MAIN1"]

    [result] = Result.objects.filter(entry__candidate__number="0002")
    correct([Correction(result, "B", None)], by="board", reason="Review of marking")
    page.goto(f"{live_server.url}/entries-and-results/2026-06/MAIN1/candidates/")
    page.get_by_role("link", name="What changed").click()
    expect(page.get_by_role("row", name="Review of marking")).to_contain_text("C(c)")
    look()
    page.get_by_role("button", name="Mark as seen").click()
    expect(page.get_by_text("Nothing has changed since then")).to_be_visible()
    look()


def test_from_administer_exams_a_broadsheet_is_three_clicks_away(officer_at, released):
    released.series.releases.update(candidates_at=timezone.now() - dt.timedelta(days=1))
    page = officer_at("viewer.main")

    page.get_by_role("link", name="by qualification").click()
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Broadsheet, Workbook (xlsx)").click()

    rows = rows_of_xlsx(Path(download.value.path()).read_bytes())
    assert [row["Candidate number"] for row in rows] == ["0001", "0002"]
