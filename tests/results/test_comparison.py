"""*Compare with*: who is offered what, what is compared, and that it tells no grade before its time."""

import datetime as dt

import pytest

from centres.access import viewing_for
from centres.models import Release
from results.staff_site.comparison import choices_for
from results.staff_site.shares import LEAST
from tests.builders import (
    A_LEVEL,
    AFTER,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    hold,
    make_candidate,
    make_series,
    restrict,
    trust,
)
from tests.results.test_staff_site import URL, browser, page

ASSOCIATE = "/entries-and-results/2026-06/ASC01/"
TOO_FEW = "each side needs at least 10 grades"
YEAR = dt.timedelta(days=365)


def enter(centre, series, *, grades: dict[str, str], many: int = LEAST) -> None:
    for number in range(100, 100 + many):
        make_candidate(centre, series, f"{number:04}", grades=grades)


@pytest.fixture
def before(world):
    """June 2025, of which results are there."""
    releases = {IGCSE: IGCSE_RELEASE - YEAR, A_LEVEL: IGCSE_RELEASE - YEAR}
    return make_series(2025, releases=releases)


def offered(user, centre: str) -> list[str]:
    return [one.value for one in choices_for(viewing_for(user, "2026-06", centre))]


def test_staff_of_an_associate_centre_are_offered_no_other_centre(world, before):
    enter(world.associate, before, grades={"0580": "A"}, many=1)

    assert offered(world.associate_officer, "ASC01") == ["year-before"]
    assert offered(world.officer, "ASC01") == ["year-before", "main", "associates"]
    assert offered(world.officer, "MAIN1") == ["year-before", "associates"]


def test_asked_for_in_the_address_it_is_still_not_compared(world):
    enter(world.main, world.series, grades={"0580": "B"})
    enter(world.associate, world.series, grades={"0580": "A"})
    html = page(browser(world.associate_officer), f"{ASSOCIATE}?syllabus=0580&compare=main")

    assert "Change" not in html
    assert "MAIN1" not in html.partition("<main")[2]


def test_the_same_syllabus_a_year_before_stands_beside_it(world, before):
    enter(world.main, world.series, grades={"0580": "A"}, many=LEAST - 1)
    enter(world.main, before, grades={"0580": "B", "0610": "A"})

    html = page(browser(world.viewer), f"{URL}?syllabus=0580&compare=year-before")

    assert "<b>+100.0 points</b> on June 2025" in html
    assert '<td class="num quiet">100.0</td>' in html
    assert 'class="of-theirs" x="-2"' in html


@pytest.mark.parametrize("ours", [LEAST - 2, LEAST - 1])
def test_fewer_than_ten_on_one_side_are_not_compared(world, before, ours):
    enter(world.main, world.series, grades={"0580": "A"}, many=ours)  # and Fred
    enter(world.main, before, grades={"0580": "B"})

    html = page(browser(world.viewer), f"{URL}?syllabus=0580&compare=year-before")

    assert (TOO_FEW in html) == (ours < LEAST - 1)
    assert ("of-theirs" in html) == (ours >= LEAST - 1)


def test_what_may_not_be_seen_is_not_compared_and_neither_is_what_is_held(world, before):
    enter(world.main, world.series, grades={"0580": "A"})
    enter(world.main, before, grades={"0580": "B"})
    client, asked = browser(world.viewer), f"{URL}?syllabus=0580&compare=year-before"
    assert TOO_FEW not in page(client, asked)

    Release.objects.filter(series=before).update(candidates_at=AFTER + YEAR)
    unreleased = page(client, asked)
    Release.objects.filter(series=before).update(candidates_at=IGCSE_RELEASE - YEAR)
    hold(series=before)
    held = page(client, asked)

    for html in (unreleased, held):
        assert TOO_FEW in html
        assert "of-theirs" not in html


def test_in_confidence_it_is_compared_for_those_with_the_right_alone(world):
    enter(world.main, world.series, grades={"0580": "A"})
    enter(world.associate, world.series, grades={"0580": "B"})
    trust(world.officer)
    restrict(STAFF_AT)
    asked = f"{URL}?syllabus=0580&compare=associates"

    told = page(browser(world.officer), asked, at=STAFF_AT)
    assert "+" in told.partition("points")[0][-20:]
    assert "Restricted until" in told
    assert "of-theirs" not in page(browser(world.viewer), asked, at=STAFF_AT)


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many(world, before, many, django_assert_num_queries):
    enter(world.main, before, grades={"0580": "B"}, many=many)
    client = browser(world.viewer)
    client.get(f"{URL}?compare=year-before")

    with django_assert_num_queries(17):
        client.get(f"{URL}?compare=year-before")
