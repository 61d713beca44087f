"""The five jobs that a main centre's officer does most often, each in no more clicks than it was designed for.

A click, a field that is filled and a box that is ticked count as one each; a search is typed and sent as one. Signing
in is not counted, nor what is waited for.
"""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from centres.models import CentreArrangement, Release
from tests.builders import give, make_centre, make_login, set_defaults

pytestmark = pytest.mark.browser


@pytest.fixture
def world(world):
    """June 2026 is released in a week: it is the present series."""
    Release.objects.update(candidates_at=timezone.now() + dt.timedelta(days=7))
    return world


class Clicks:
    """A page on which every click is counted. No more than `most` are made."""

    def __init__(self, page: Page, most: int) -> None:
        self.page, self.most, self.made = page, most, 0

    def _count(self) -> None:
        self.made += 1
        assert self.made <= self.most, f"more than {self.most} clicks, at {self.page.url}"

    def click(self, place: Locator) -> None:
        self._count()
        place.click()

    def link(self, name: str | re.Pattern[str]) -> None:
        self.click(self.page.get_by_role("link", name=name).first)

    def button(self, name: str | re.Pattern[str]) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def tick(self, label: str) -> None:
        self._count()
        self.page.get_by_label(label).first.check()

    def fill(self, label: str, words: str) -> None:
        self._count()
        self.page.get_by_label(label, exact=True).fill(words)

    def choose(self, label: str, option: str) -> None:
        self._count()
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def search(self, label: str, words: str) -> None:
        self._count()
        self.page.get_by_label(label, exact=True).fill(words)
        self.page.keyboard.press("Enter")

    def download(self, place: Locator) -> str:
        """What is downloaded by this click, by its name."""
        self._count()
        with self.page.expect_download() as begun:
            place.click()
        return begun.value.suggested_filename


def test_one_associate_centre_is_set_up_to_printed_letters(officer_at, worker, world):
    set_defaults(world.main, world.series)
    page = officer_at("officer.main")
    clicks = Clicks(page, most=15)

    clicks.link("Open June 2026")
    clicks.link("Manage attached centres")
    clicks.tick("Give access, ASC01")
    clicks.fill("Candidate Results delay, ASC01", "1:30")
    clicks.choose("Provide contact details, ASC01", "Default")
    clicks.button(re.compile("^Save"))
    clicks.choose("Subcentre", "ASC01 Made-up School ASC01")
    clicks.button("change Subcentre")
    clicks.link("Edit status")
    clicks.tick("ALL candidates")
    clicks.tick("By signing up for this service")
    clicks.button("Confirm")
    clicks.button("Create credentials")
    clicks.button("Create credentials")
    worker()
    page.reload()
    name = clicks.download(page.get_by_role("button", name=re.compile("^Download the letter")))
    assert name.endswith(".pdf")


def test_one_candidates_letter_is_made_anew(officer_at, worker, world):
    world.open_all()
    make_login(world.associate_candidate)
    page = officer_at("officer.main")
    clicks = Clicks(page, most=4)

    clicks.search("Find a candidate", "bloggs")
    clicks.link(re.compile("^Re-create"))
    clicks.button(re.compile("^Re-create"))
    worker()
    page.reload()
    download = re.compile("^Download the letter")
    clicks.download(page.get_by_role("button", name=download))


def test_from_administer_exams_to_the_call_list_and_to_the_broadsheet(officer_at, world):
    world.open_all()
    make_login(world.candidate)
    page = officer_at("officer.main")
    broadsheet = Clicks(page, most=3)
    broadsheet.link("Broadsheet")
    name = broadsheet.download(page.get_by_role("button", name="Download", exact=True))
    assert name.endswith(".xlsx")

    Release.objects.update(candidates_at=timezone.now())
    page.goto(page.url.partition("/entries")[0])
    call_list = Clicks(page, most=2)
    call_list.link("Results day")
    call_list.link(re.compile("^Call list"))
    expect(page.get_by_text("BLOGGS: Fred").first).to_be_visible()


def test_the_status_of_many_associate_centres(officer_at, look, world):
    for number in range(3, 43):
        give(make_centre(f"ASC{number:02}", main=world.main), world.series)
    page = officer_at("officer.main")
    clicks = Clicks(page, most=6)

    clicks.link("Associate Centres")
    clicks.link("All 42")
    clicks.button("Edit status of 42")
    expect(page.get_by_role("heading", name="Edit status of 42 centres")).to_be_visible()
    look()
    clicks.tick("By signing up for this service")
    clicks.button("Confirm")
    expect(page.get_by_text("ALL candidates have access at 40 centres now.")).to_be_visible()
    assert CentreArrangement.objects.filter(status="all").count() == 40
