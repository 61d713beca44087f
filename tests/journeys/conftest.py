"""Journeys in a real browser: everything is found by what the page says, as a person would."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.builders import PASSWORD, World

WIDTHS = (360, 1280)
expect.set_options(timeout=20_000)  # ms: what is not there by then never comes
# Of what passes axe would name every place, and Python read all of that.
TOLD = {"resultTypes": ["violations"]}
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = TOLD | {"runOnly": ALL}
COLOURS = TOLD | {"runOnly": ["color-contrast"]}  # what a dark page can do worse than the light one


@pytest.fixture
def world(transactional_db) -> World:
    return World()


@pytest.fixture
def look(page: Page):
    """Look at the page at both widths, light and dark: nothing that axe finds, nothing to scroll sideways to."""

    # Less motion: a button on its way to the colour that it has under the pointer is not what anybody reads.
    def look_at() -> None:
        axe = Axe()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(
                "scrollTo(0, 0)"
            )  # made wider, it may have stopped with a field half below the bar
            for scheme, rules in (("dark", COLOURS), ("light", RULES)):
                page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
                found = axe.run(page, options=rules)
                axe = Axe(axe_script="0")  # it is in the page by now
                assert found.violations_count == 0, (
                    f"{page.url} at {width}, {scheme}\n{found.generate_report()}"
                )
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{page.url} is {wide} px wide at {width}"

    return look_at


@pytest.fixture
def officer_at(page: Page, live_server):
    """Sign an officer in, from the address that people type."""

    def sign_in(username: str) -> Page:
        page.goto(live_server.url)
        page.get_by_label("Username", exact=True).fill(username)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_role("heading", name="Administer exams")).to_be_visible()
        return page

    return sign_in


@pytest.fixture
def worker():
    """Let a worker do all that waits to be done, as `manage.py db_worker` does."""

    def job() -> None:
        call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)

    return job
