"""A viewer finds a candidate, and reads the distribution of a syllabus; an officer prints what is restricted."""

import datetime as dt

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from centres.models import Release
from results.components import Component
from results.models import Result
from tests.builders import make_candidate, restrict, trust

pytestmark = pytest.mark.browser


def test_a_viewer_finds_a_candidate_and_reads_the_distribution(officer_at, look, world):
    make_candidate(world.main, world.series, "0002", name="NÚÑEZ: Zoë", grades={"0580": "C"})
    marks = (Component("12", "65", "66", "C"),)
    Result.objects.filter(entry__candidate__number="0002").update(components=marks)
    Release.objects.update(candidates_at=timezone.now() - dt.timedelta(days=1))
    page = officer_at("viewer.main")

    page.get_by_role("link", name="by Candidate").click()
    page.get_by_label("Find by number, name or UCI").fill("nunez")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="BLOGGS: Fred")).to_have_count(0)
    assert "nunez" not in page.url
    look()
    page.get_by_role("link", name="NÚÑEZ: Zoë").click()
    expect(page.get_by_role("heading", name="NÚÑEZ: Zoë")).to_be_visible()
    expect(page.get_by_role("row", name="0580/12")).to_contain_text("65")
    look()

    page.get_by_role("link", name="By qualification").click()
    look()
    page.get_by_role("link", name="Cambridge IGCSE").click()
    page.get_by_role("link", name="0580 Syllabus 0580").click()
    expect(page.get_by_role("img", name="Distribution of results, Cambridge IGCSE")).to_be_visible()
    figures = page.get_by_role("table", name="Distribution of results, Cambridge IGCSE")
    expect(figures.get_by_role("row", name="A 1 50.0 50.0", exact=True)).to_be_visible()
    expect(figures.get_by_role("row", name="C 1 50.0 100.0", exact=True)).to_be_visible()
    look()
    page.get_by_label("Result", exact=True).select_option("C(c) (1)")
    page.get_by_role("button", name="Show these candidates").click()
    expect(page.get_by_text("1 of 2 entries.")).to_be_visible()

    page.get_by_role("navigation", name="View").get_by_role(
        "link", name="Associate Centres side by side"
    ).click()
    expect(page.get_by_role("row", name="ASC02")).to_contain_text("No grade: 1")
    look()
    page.get_by_label("Subcentre").select_option("ASC02 Made-up School ASC02")
    page.get_by_role("button", name="change Subcentre").click()
    expect(page.get_by_role("main")).to_contain_text("Made-up School ASC02")


def test_every_printed_sheet_says_until_when_it_is_restricted(officer_at, look, world, tmp_path):
    for number in range(2, 62):
        make_candidate(world.main, world.series, f"{number:04}")
    trust(world.officer)
    restrict(candidates_at=world.series.releases.first().candidates_at.replace(year=2099))
    page = officer_at("officer.main")

    page.goto(f"{page.url}entries-and-results/2026-06/MAIN1/")
    look()
    page.pdf(path=tmp_path / "printed.pdf", format="A4")

    sheets = pypdf.PdfReader(tmp_path / "printed.pdf").pages
    assert len(sheets) > 1
    for sheet in sheets:
        assert "RESTRICTED until" in " ".join(sheet.extract_text().split())


def test_every_printed_sheet_with_a_grade_says_that_it_is_provisional(
    officer_at, look, world, tmp_path
):
    for number in range(2, 62):
        make_candidate(world.main, world.series, f"{number:04}")
    Release.objects.update(candidates_at=timezone.now() - dt.timedelta(days=1))
    page = officer_at("officer.main")

    for name in ("", "candidates/", "candidates/0001/", "associates/"):
        page.goto(f"{page.url.partition('entries')[0]}entries-and-results/2026-06/MAIN1/{name}")
        page.pdf(path=tmp_path / "printed.pdf", format="A4")
        for sheet in pypdf.PdfReader(tmp_path / "printed.pdf").pages:
            words = " ".join(sheet.extract_text().split())
            assert "PROVISIONAL – not for universities" in words, name
            assert "Download" not in words
