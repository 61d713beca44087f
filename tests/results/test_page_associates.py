"""All Associate Centres side by side: for their main centre, in a constant number of queries."""

import re

import pytest

from results.staff_site.views import associates
from tests.builders import (
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    make_candidate,
    make_centre,
    restrict,
    trust,
)
from tests.results.test_staff_site import browser, page

URL = "/entries-and-results/2026-06/MAIN1/associates/"


def lines(html: str) -> list[tuple]:
    """Centre, and its four counts."""
    rows = html.partition("<tbody")[2].split("<tr ")[1:]
    return [
        (
            re.search(r"<b>([A-Z0-9]{5})</b> <bdi", row)[1],
            *map(int, re.findall(r'num" data-head="[^"]+">(\d+)</td>', row)),
        )
        for row in rows
    ]


@pytest.fixture
def third(world):
    centre = make_centre("ASC03", main=world.main)
    for number in ("0001", "0002"):
        make_candidate(centre, world.series, number, grades={"0580": "C", "9702": "c"})
    return centre


def test_each_centre_has_a_row_with_its_counts_and_its_distribution(world, third):
    html = page(browser(world.viewer), URL)

    assert lines(html) == [("ASC01", 3, 0, 3, 0), ("ASC02", 3, 0, 3, 0), ("ASC03", 4, 0, 4, 0)]
    figures = re.findall(r'figures-short number">(.*?)</span></div>', html)
    assert [re.sub("<.*?>", "", one) for one in figures] == [
        *["A*–A: 1, No grade: 1", "B–C: 1"] * 2,
        *["B–C: 2", "b–c: 2"],
    ]


def test_what_is_to_be_released_is_in_no_distribution(world, third):
    html = page(browser(world.officer), URL, at=A_LEVEL_RELEASE)

    assert lines(html)[0] == ("ASC01", 3, 0, 1, 2)
    assert "A*–A: 1" not in html
    assert "B–C: 1" in html
    assert 'class="strip"' not in page(browser(world.officer), URL, at=BEFORE)


def test_restricted_results_are_marked_and_shown_to_those_with_the_right_alone(world, third):
    trust(world.officer)
    restrict(BEFORE)

    assert "Restricted until" in page(browser(world.officer), URL, at=BEFORE)
    assert "Restricted until" not in page(browser(world.viewer), URL, at=BEFORE)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("syllabus=0610", [("ASC01", 1), ("ASC02", 1), ("ASC03", 0)]),
        ("qualification=cambridge-igcse", [("ASC01", 2), ("ASC02", 2), ("ASC03", 2)]),
        ("sort=-entries", [("ASC03", 4), ("ASC01", 3), ("ASC02", 3)]),
        ("sort=entries", [("ASC01", 3), ("ASC02", 3), ("ASC03", 4)]),
        ("sort=entries&syllabus=0610", [("ASC03", 0), ("ASC01", 1), ("ASC02", 1)]),
        ("sort=-name", [("ASC03", 4), ("ASC02", 3), ("ASC01", 3)]),
        ("sort=pk&syllabus=nonsense&page=x", [("ASC01", 3), ("ASC02", 3), ("ASC03", 4)]),
    ],
)
def test_it_is_filtered_and_sorted_in_the_address(world, third, asked, expected):
    html = page(browser(world.officer), f"{URL}?{asked}")

    assert [line[:2] for line in lines(html)] == expected


def test_many_centres_stand_on_several_pages(world, third, monkeypatch):
    monkeypatch.setattr(associates, "CENTRES_A_PAGE", 2)

    html = page(browser(world.officer), f"{URL}?page=2&sort=number")

    assert [line[0] for line in lines(html)] == ["ASC03"]
    assert "3 centres" in html


def test_a_centre_without_associate_centres_has_no_such_page(world):
    for user, centre in ((world.associate_officer, "ASC01"), (world.stranger, "OTH01")):
        answer = browser(user).get(f"/entries-and-results/2026-06/{centre}/associates/")
        assert answer.status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_centres(world, many, django_assert_num_queries):
    for number in range(3, many + 2):
        make_candidate(make_centre(f"ASC{number:02}", main=world.main), world.series)
    client = browser(world.officer)
    page(client, URL, at=AFTER)

    with django_assert_num_queries(15):
        client.get(f"{URL}?sort=-entries")
