"""*View entries and results*: who may open it, and what it says."""

import re

import pytest
import time_machine
from django.test import Client

from centres.models import Release
from results.staff_site import views
from tests.builders import AFTER, IGCSE, IGCSE_RELEASE, STAFF_AT, hold, make_candidate, trust

URL = "/entries-and-results/2026-06/MAIN1/"
TO_BE_RELEASED = "Results to be released"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str = URL, *, at=AFTER) -> str:
    with time_machine.travel(at, tick=False):
        answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_chooses_a_series_and_of_several_centres_one(world):
    client = browser(world.viewer)
    html = page(client, "/entries-and-results/")
    offered = re.findall(r'<option value="([A-Z0-9]{5})">', html)
    assert offered == ["MAIN1", "ASC01", "ASC02"]

    chosen = client.get("/entries-and-results/", {"series": "2026-06", "centre": "ASC01"})
    assert chosen.headers["Location"] == "/entries-and-results/2026-06/ASC01/"


def test_who_has_one_centre_chooses_the_series_alone(world):
    client = browser(world.stranger)
    assert "Centre</label>" not in page(client, "/entries-and-results/")

    chosen = client.get("/entries-and-results/", {"series": "2026-06"})
    assert chosen.headers["Location"] == "/entries-and-results/2026-06/OTH01/"


def test_who_is_on_the_staff_of_no_centre_is_told_whom_to_ask(world):
    html = page(browser(world.board), "/entries-and-results/")
    assert "not on the staff of a centre" in html


def test_after_the_release_it_shows_every_entry_and_its_outcome(world):
    html = page(browser(world.viewer))

    for said in ("BLOGGS: Fred", "0580 Syllabus 0580", IGCSE, "A(a)", "B(b)", "Pending", "AX"):
        assert said in html
    assert TO_BE_RELEASED not in html
    assert "Restricted" not in html


def test_before_it_the_instant_stands_in_the_centres_zone(world):
    html = page(browser(world.officer), at=STAFF_AT)

    assert html.count(TO_BE_RELEASED) == 2  # the A Level was released the day before
    assert html.count("13 August 2026, 12:00") == 2
    assert "Asia/Bangkok" in html
    assert "A(a)" not in html


def test_in_confidence_it_shows_them_and_says_until_when_they_are_restricted(world):
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)

    html = page(browser(world.officer), at=STAFF_AT)
    assert "A(a)" in html
    assert "Restricted until 13 August 2026, 12:00 (Asia/Bangkok): do not pass on." in html
    assert "13 August 2026, 05:00 UTC" in html
    assert f"learn of results in {IGCSE}:" in html
    assert "A(a)" not in page(browser(world.viewer), at=STAFF_AT)
    assert "Restricted" not in page(browser(world.officer), at=IGCSE_RELEASE)


def test_what_is_held_reads_as_what_is_not_released_without_a_time(world):
    hold(series=world.series)

    html = page(browser(world.officer))
    assert html.count(TO_BE_RELEASED) == 3
    assert "August" not in html
    assert "held" not in html.lower()


def test_a_centre_without_entries_of_its_own_says_so(world):
    world.candidates["ASC02"].delete()

    assert "no entries of its own" in page(
        browser(world.officer), "/entries-and-results/2026-06/ASC02/"
    )


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_candidates(world, many, django_assert_num_queries):
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}", grades={"0580": "A", "9702": "B"})
    client = browser(world.officer)
    client.get(URL)

    with django_assert_num_queries(9):
        client.get(URL)


def test_many_candidates_stand_on_several_pages(world, monkeypatch):
    monkeypatch.setattr(views, "CANDIDATES_A_PAGE", 2)
    for number in ("0002", "0003"):
        make_candidate(world.main, world.series, number, name=f"NUMBER {number}")
    client = browser(world.officer)

    first, second = page(client), page(client, f"{URL}?page=2")

    assert ("NUMBER 0002" in first, "NUMBER 0003" in first) == (True, False)
    assert ("NUMBER 0002" in second, "NUMBER 0003" in second) == (False, True)
    assert "Page 1 of 2" in first
    assert "3 in all" in second
