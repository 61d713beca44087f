"""The list is the page: where the first candidate stands on a screen, and how much room one takes on a phone."""

import pytest
from playwright.sync_api import Page

from centres.models import Candidate, Centre
from tests.builders import make_candidate, make_login

pytestmark = pytest.mark.browser

FIRST_ROW, PHONE_ROW = 360, 72  # px
LONG_ZONE = "America/Argentina/ComodRivadavia"


@pytest.fixture
def world(world):
    """MAIN1 and ASC01 with 24 candidates each in groups, most with a letter, and a long zone: each has two releases."""
    world.open_all()
    Centre.objects.filter(pk=world.associate.pk).update(
        name="Colegio Internacional de la Ribera", time_zone=LONG_ZONE
    )
    world.associate.refresh_from_db()
    for centre in (world.main, world.associate):
        for number in range(2, 25):
            name = "PAPADOPOULOU-ÅSTRÖM: Maria Magdalena" if number == 3 else "BLOGGS: Ann"
            grades = {"0580": "A", "9702": "B"}
            one = make_candidate(centre, world.series, f"{number:04}", name=name, grades=grades)
            if number % 4:
                make_login(one)
    Candidate.objects.filter(number="0005").update(name="QURESHI: Siobhán")  # an outdated letter
    Candidate.objects.update(group="12A")
    return world


def heights(page: Page) -> list[float]:
    return page.locator(".candidates > tbody > tr").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().height)"
    )


@pytest.mark.parametrize("number", ["MAIN1", "ASC01"])
def test_the_first_candidate_stands_high_and_takes_one_line(officer_at, live_server, world, number):
    page = officer_at("officer.main")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/candidate-results/2026-06/{number}/")

    first = page.locator(".candidates > tbody > tr").first.bounding_box()
    assert first is not None and first["y"] <= FIRST_ROW
    assert len(heights(page)) == 24 and max(heights(page)) <= 44


def test_a_candidate_takes_two_lines_on_a_phone(officer_at, live_server, world):
    page = officer_at("officer.main")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/candidate-results/2026-06/ASC01/")

    assert len(heights(page)) == 24 and max(heights(page)) <= PHONE_ROW
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
