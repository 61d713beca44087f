"""The five jobs that a main centre's officer does most often, as somebody does them at the pages, click by click.

A click, a field that is filled, a box that is ticked and a choice from a list count as one each; a search is typed
and sent by Enter, as one. Signing in is not counted, nor what is waited for. MOST is what each was designed for:
`tests.journeys.test_clicks` fails above it, and `tests.bench.clicks` tells what each takes.
"""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

MOST = {
    "set_up_associate": 15,
    "re_issue": 4,
    "call_list": 2,
    "broadsheet": 3,
    "status_of_many": 6,
}


class Clicks:
    """A page on which every click is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.made = page, 0

    def click(self, place: Locator) -> None:
        self.made += 1
        place.click()

    def link(self, name: str | re.Pattern[str]) -> None:
        self.click(self.page.get_by_role("link", name=name).first)

    def button(self, name: str | re.Pattern[str]) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def tick(self, label: str) -> None:
        self.made += 1
        self.page.get_by_label(label).first.check()

    def fill(self, label: str, words: str) -> None:
        self.made += 1
        self.page.get_by_label(label, exact=True).fill(words)

    def choose(self, label: str, option: str) -> None:
        self.made += 1
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def search(self, label: str, words: str) -> None:
        self.fill(label, words)
        self.page.keyboard.press("Enter")

    def download(self, place: Locator) -> Path:
        self.made += 1
        with self.page.expect_download() as begun:
            place.click()
        return Path(begun.value.path())

    def download_letter(self, work: Callable[[], None]) -> Path:
        """Once it is made: the page then shows the button by itself."""
        work()
        self.page.reload()
        return self.download(
            self.page.get_by_role("button", name=re.compile("^Download the letter"))
        )


def set_up_associate(clicks: Clicks, number: str, work: Callable[[], None]) -> Path:
    """One Associate Centre, from nothing to the letters as a PDF."""
    clicks.link("Open June 2026")
    clicks.link("Manage attached centres")
    clicks.search("Search by number or name", number)
    clicks.tick(f"Give access, {number}")
    clicks.fill(f"Candidate Results delay, {number}", "1:30")
    clicks.choose(f"Provide contact details, {number}", "Default")
    clicks.button(re.compile("^Save"))
    clicks.link(f"Act for {number}")
    clicks.link("Edit status")
    clicks.tick("ALL candidates")
    clicks.tick("By signing up for this service")
    clicks.button("Confirm")
    clicks.button("Create credentials")
    clicks.button("Create credentials")
    return clicks.download_letter(work)


def re_issue(clicks: Clicks, name: str, work: Callable[[], None]) -> Path:
    """One candidate's letter anew, as a PDF."""
    clicks.search("Find a candidate", name)
    clicks.link(re.compile("^Re-create"))
    clicks.button(re.compile("^Re-create"))
    return clicks.download_letter(work)


def call_list(clicks: Clicks) -> None:
    """From Administer exams to whom to call."""
    clicks.link("Results day")
    clicks.link(re.compile("^Call list: "))


def broadsheet(clicks: Clicks) -> Path:
    """From Administer exams to the workbook."""
    clicks.link("Broadsheet")
    return clicks.download(clicks.page.get_by_role("button", name="Download", exact=True))


def status_of_many(clicks: Clicks, many: int) -> None:
    """ALL candidates of as many Associate Centres, with the agreement given once."""
    clicks.link("Associate Centres")
    clicks.link(f"All {many}")
    clicks.button(f"Edit status of {many}")
    clicks.tick("By signing up for this service")
    clicks.button("Confirm")
