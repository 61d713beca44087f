"""How many clicks the five jobs of `tests.journeys.five_jobs` take, and how high candidates stand, in a real browser.

The first candidate is measured from the top of the page at 1280 × 900, a candidate's row on a phone at 360 × 740.
Without a browser (`CHROMIUM`) there is no figure.
"""

import os

from django.core.management import call_command
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.measure import table
from tests.bench.serving import serving
from tests.builders import PASSWORD, World, give, make_candidate, make_centre, make_login
from tests.journeys import five_jobs
from tests.journeys.five_jobs import MOST, Clicks

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
PLACES = {"first_candidate_px": 360, "candidate_on_phone_px": 72}  # at most


def clicks_and_places(world: World, *, quick: bool) -> dict[str, float]:
    browser_at = os.environ.get("CHROMIUM")
    if not browser_at:
        print("How many clicks a job takes needs a browser: CHROMIUM names it.")
        return {}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the worker, beside Playwright's loop
    many = _associates(world, 10 if quick else 300)
    with serving(MFA_REQUIRED="false") as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_at, args=["--no-sandbox"])
        made = _clicks(browser, f"http://127.0.0.1:{port}", many)
        places = _places(browser, f"http://127.0.0.1:{port}")
        browser.close()
    table(
        "Clicks, and where candidates stand",
        ["", "it is", "at most"],
        [
            *([f"clicks: {job.replace('_', ' ')}", made[job], most] for job, most in MOST.items()),
            *(
                [f"{place[:-3].replace('_', ' ')}, px", places[place], most]
                for place, most in PLACES.items()
            ),
        ],
    )
    return {f"clicks_{job}": float(count) for job, count in made.items()} | places


def _associates(world: World, many: int) -> int:
    """So many in all, each with access but NEW01, and somebody with a login at ASC01."""
    make_login(make_candidate(world.associate, world.series, "0002", name="DOE: Jane"))
    new = make_centre("NEW01", main=world.main)
    make_candidate(new, world.series)
    for number in range(4, many + 1):
        give(make_centre(f"S{number:04}", main=world.main), world.series)
    return many


def _clicks(browser: Browser, site: str, many: int) -> dict[str, int]:
    jobs = {
        "set_up_associate": lambda clicks: five_jobs.set_up_associate(clicks, "NEW01", _work),
        "re_issue": lambda clicks: five_jobs.re_issue(clicks, "doe jane", _work),
        "call_list": five_jobs.call_list,
        "broadsheet": five_jobs.broadsheet,
        "status_of_many": lambda clicks: five_jobs.status_of_many(clicks, many),
    }
    made = {}
    for name, job in jobs.items():
        clicks = Clicks(_signed_in(browser, site))
        job(clicks)
        made[name] = clicks.made
        clicks.page.context.close()
    return made


def _places(browser: Browser, site: str) -> dict[str, float]:
    page = _signed_in(browser, site)
    page.goto(f"{site}/candidate-results/2026-06/ASC01/")
    row = page.locator(".candidates tbody tr").first
    found = {}
    for name, size, what in zip(PLACES, (DESK, PHONE), ("y", "height"), strict=True):
        page.set_viewport_size(size)
        found[name] = row.bounding_box()[what]
    return found


def _signed_in(browser: Browser, site: str) -> Page:
    page = browser.new_context(viewport=DESK, accept_downloads=True).new_page()
    page.goto(site)
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("heading", name="Administer exams").wait_for()
    return page


def _work() -> None:
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
