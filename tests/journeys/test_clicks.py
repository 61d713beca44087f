"""The five jobs of `tests.journeys.five_jobs`: each ends in what it is for, in no more clicks than designed."""

import datetime as dt

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from centres.models import CentreArrangement, Release, Status
from credentials.models import Credentials
from tests.builders import World, give, make_candidate, make_centre, make_login, set_defaults
from tests.journeys import five_jobs
from tests.journeys.five_jobs import MOST, Clicks

pytestmark = pytest.mark.browser


@pytest.fixture
def world(world):
    """June 2026 is released in a week: it is the present series."""
    Release.objects.update(candidates_at=timezone.now() + dt.timedelta(days=7))
    return world


def with_300_associates(world: World, *, access: bool) -> World:
    set_defaults(world.main, world.series)
    more = [make_centre(f"S{number:04}", main=world.main) for number in range(3, 301)]
    for centre in (world.associate, world.associate2, *more):
        give(centre, world.series, access=access)
    return world


def test_one_associate_centre_is_set_up_to_printed_letters(officer_at, worker, world):
    with_300_associates(world, access=False)
    clicks = Clicks(officer_at("officer.main"))

    [letter] = PdfReader(five_jobs.set_up_associate(clicks, "ASC01", worker)).pages
    assert "BLOGGS: Fred" in letter.extract_text()
    [login] = Credentials.objects.live().filter(candidate__centre=world.associate)
    assert login.candidate == world.associate_candidate
    assert clicks.made <= MOST["set_up_associate"]


def test_one_candidates_letter_is_made_anew(officer_at, worker, world):
    world.open_all()
    candidate = make_candidate(world.associate, world.series, "0002", name="DOE: Jane")
    _, _, old = make_login(candidate)
    clicks = Clicks(officer_at("officer.main"))

    [letter] = PdfReader(five_jobs.re_issue(clicks, "doe jane", worker)).pages
    assert "DOE: Jane" in letter.extract_text()
    [login] = Credentials.objects.live().filter(candidate=candidate)
    assert login != old
    assert clicks.made <= MOST["re_issue"]


def test_from_administer_exams_to_the_call_list(officer_at, world):
    world.open_all()
    make_login(world.candidate)
    Release.objects.update(candidates_at=timezone.now())
    clicks = Clicks(officer_at("officer.main"))

    five_jobs.call_list(clicks)
    expect(clicks.page.get_by_text("3 of 3 have not looked so far.")).to_be_visible()
    expect(clicks.page.get_by_role("rowheader", name="BLOGGS: Fred")).to_have_count(3)
    assert clicks.made <= MOST["call_list"]


def test_from_administer_exams_to_the_broadsheet(officer_at, world):
    world.open_all()
    clicks = Clicks(officer_at("officer.main"))

    with five_jobs.broadsheet(clicks).open("rb") as workbook:
        rows = [row for sheet in load_workbook(workbook) for row in sheet.values]
    assert any("BLOGGS: Fred" in row for row in rows)
    assert clicks.made <= MOST["broadsheet"]


def test_the_status_of_300_associate_centres(officer_at, world):
    with_300_associates(world, access=True)
    clicks = Clicks(officer_at("officer.main"))

    five_jobs.status_of_many(clicks, 300)
    expect(
        clicks.page.get_by_text("ALL candidates have access at 300 centres now.")
    ).to_be_visible()
    arranged = CentreArrangement.objects.filter(series=world.series, status=Status.ALL)
    assert arranged.filter(centre__main_link__main=world.main).count() == 300
    assert clicks.made <= MOST["status_of_many"]
