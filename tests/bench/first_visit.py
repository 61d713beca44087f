"""What a candidate's first visit weighs in a real browser that has nothing yet: the form, and the page of
twelve results, each with all that it loads, as it comes over the line; headers aside.

In English, and in the language that weighs most. Without a browser (`CHROMIUM`) there is no figure.
"""

import datetime as dt
import os
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, sync_playwright
from whitenoise.compress import Compressor

from centres.models import Release
from tests.bench.measure import table
from tests.bench.serving import serving
from tests.builders import World, make_candidate, make_login

LANGUAGES = ("en-gb", "hi")
KB = 1000
MOST = {"sign_in": 12, "results": 15}  # KB


def first_visits(world: World) -> dict[str, float]:
    browser_at = os.environ.get("CHROMIUM")
    if not browser_at:
        print("What a first visit weighs needs a browser: CHROMIUM names it.")
        return {}
    login = _somebody_with_results(world)
    for file in (*Path(settings.STATIC_ROOT, "candidate_site").iterdir(), *_icons()):
        list(Compressor(quiet=True).compress(str(file)))
    with serving() as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_at, args=["--no-sandbox"])
        weights = {one: _weights(browser, port, login, one) for one in LANGUAGES}
        browser.close()
    table(
        "A candidate's first visit, KB",
        ["", *LANGUAGES, "at most"],
        [[what, *(weights[one][what] for one in LANGUAGES), most] for what, most in MOST.items()],
    )
    return {f"candidate_{what}_kb": max(weights[one][what] for one in LANGUAGES) for what in MOST}


def _somebody_with_results(world: World) -> tuple[str, str]:
    Release.objects.update(candidates_at=timezone.now() - dt.timedelta(days=1))
    grades = {f"05{number}": "A" for number in range(20, 32)}
    return make_login(make_candidate(world.main, world.series, "0002", grades=grades))[:2]


def _icons() -> list[Path]:
    return list(Path(settings.STATIC_ROOT, "portal").glob("icon.*.svg"))


def _weights(
    browser: Browser, port: int, login: tuple[str, str], language: str
) -> dict[str, float]:
    """Each page in a browser of its own, so that nothing is there before it."""
    site = f"http://127.0.0.1:{port}/results/?language={language}"
    first = browser.new_context()
    page = first.new_page()
    sign_in = _weight_of(page, site)
    page.locator("#id_username").fill(login[0])
    page.locator("#id_password").fill(login[1])
    page.locator("#log-in button").click()
    page.wait_for_url("**/mine/**")
    second = browser.new_context()
    second.add_cookies(first.cookies())
    return {"sign_in": sign_in, "results": _weight_of(second.new_page(), page.url)}


def _weight_of(page: Page, address: str) -> float:
    came: list[Request] = []
    page.on("requestfinished", lambda request: came.append(request))
    page.goto(address, wait_until="networkidle")
    assert len(came) >= 4, "the page loads a style sheet, two scripts and an icon"
    return sum(request.sizes()["responseBodySize"] for request in came) / KB
