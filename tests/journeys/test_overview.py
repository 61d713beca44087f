"""Overview in a browser: what is next leads to the page that asks, badges come by themselves, nothing is refused."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from centres.models import Centre, Release
from tests.builders import arrange, give, make_login, set_defaults

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(world):
    """Results are out in a week; half of the letters are made. Names and zones are long."""
    Release.objects.update(candidates_at=timezone.now() + dt.timedelta(days=7))
    Centre.objects.update(
        name="Escuela Secundaria Provincial Comodoro Rivadavia",
        time_zone="America/Argentina/ComodRivadavia",
    )
    world.open_all()
    make_login(world.associate_candidate)
    return world


def test_what_is_next_leads_to_the_page_that_asks(officer_at, look, opened):
    page = officer_at("officer.main")
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    expect(page.get_by_text("at your own centre has no letter")).to_be_visible()
    look()
    page.get_by_role("link", name="Open June 2026").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(
        page.get_by_role("link", name=re.compile("Associate Centres 2 need something"))
    ).to_be_visible()
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    look()
    page.get_by_role("button", name="Create credentials for 1").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1")
    assert faults == []


def test_without_a_script_a_link_leads_to_it(browser, live_server, client, opened):
    client.force_login(opened.officer)
    cookie = client.cookies["sessionid"]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/candidate-results/2026-06/MAIN1/")
    page.get_by_role("link", name="See how far June 2026 is").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    context.close()


def test_the_drop_down_offers_what_needs_something(officer_at, opened):
    give(opened.associate2, opened.series, access=False)
    set_defaults(opened.main, opened.series)
    arrange(opened.associate, opened.series)
    page = officer_at("officer.main")
    page.goto(page.url + "candidate-results/2026-06/MAIN1/overview/")
    needing = page.locator("optgroup#subcentre-needs")
    expect(needing).to_have_attribute("label", "Needs something: 1")
    assert needing.locator("option").evaluate_all("all => all.map(one => one.value)") == ["ASC01"]
