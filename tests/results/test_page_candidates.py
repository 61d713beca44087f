"""*By candidate*: who is found, and what stands on a candidate's page."""

import datetime as dt
import re

import pytest
import time_machine

from centres.models import Candidate, Release
from results.components import Component
from results.corrections import Correction, correct
from results.models import Result
from results.staff_site.views import candidates
from tests.builders import (
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE_RELEASE,
    STAFF_AT,
    make_candidate,
    trust,
)
from tests.results.test_staff_site import browser, page

URL = "/entries-and-results/2026-06/MAIN1/candidates/"
FRED = f"{URL}0001/"
HOUR = dt.timedelta(hours=1)
SEEN = re.compile(r"<li><span[^>]*>(\d{4}).*?<strong[^>]*>(.*?)</strong>")
NAMES = {
    "0002": "NÚÑEZ: José D’Arcy",
    "0003": "李: 婷婷",
    "0004": "الشريف: ليلى",
    "0005": "शर्मा: रोहन",
    "0006": "ŁUKASIEWICZ: Zoë",
}


def found(html: str) -> list[str]:
    return re.findall(r'class="no">(\d{4})</td>', html)


def searched(client, search: str, **asked: str) -> str:
    with time_machine.travel(AFTER, tick=False):
        answer = client.post(URL, {"search": search, **asked}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def everybody(world):
    for number, name in NAMES.items():
        make_candidate(world.main, world.series, number, name=name)
    Candidate.objects.filter(number="0005").update(uci="MAIN18260005X")


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("0004", ["0004"]),
        ("nunez", ["0002"]),
        ("d'arcy NÚÑEZ", ["0002"]),
        ("婷", ["0003"]),
        ("الشريف", ["0004"]),
        ("रोहन", ["0005"]),
        ("lukasiewicz zoe", ["0006"]),
        ("main18260005x", ["0005"]),
        (" ", ["0001", *NAMES]),
        ("nobody", []),
        ("x" * 5000, []),
    ],
)
def test_a_candidate_is_found_by_number_name_in_any_script_or_uci(
    world, everybody, search, numbers
):
    assert found(searched(browser(world.viewer), search)) == numbers


@pytest.mark.parametrize("search", ["o'briain", "O Briain", "Ó Briain", "o’briain"])
def test_an_apostrophe_is_as_good_as_a_space(world, search):
    make_candidate(world.main, world.series, "0007", name="Ó BRIAIN: Aoife")
    make_candidate(world.main, world.series, "0008", name="O’BRIAIN: Conor")
    assert found(searched(browser(world.viewer), search)) == ["0007", "0008"]


def test_a_search_stays_in_the_box_and_finding_nobody_is_said(world):
    html = searched(browser(world.viewer), "nobody")

    assert 'value="nobody"' in html
    assert "No candidate’s number, name or UCI holds “<bdi>nobody</bdi>”" in html


def test_no_name_stands_in_an_address_and_one_that_does_is_passed_over(world, everybody):
    client = browser(world.viewer)

    assert 'id="find" method="post"' in page(client, URL)
    assert found(page(client, f"{URL}?search=nunez")) == ["0001", *NAMES]
    assert client.post(URL, {"sort": "-name"}).headers["Location"] == f"{URL}?sort=-name"


def test_what_a_search_finds_stands_in_order_on_several_pages(world, monkeypatch):
    for number in ("0002", "0003", "0004"):
        make_candidate(world.main, world.series, number, name=f"SAME: {number}")
    monkeypatch.setattr(candidates, "CANDIDATES_A_PAGE", 2)
    client = browser(world.viewer)

    first = searched(client, "same", sort="-number")
    assert found(first) == ["0004", "0003"]
    assert 'form="find" name="page" value="2"' in first
    assert found(searched(client, "same", sort="-number", page="2")) == ["0002"]


def test_candidates_stand_in_the_order_asked_for_on_several_pages(world, everybody, monkeypatch):
    monkeypatch.setattr(candidates, "CANDIDATES_A_PAGE", 2)
    client = browser(world.viewer)

    assert found(page(client, f"{URL}?sort=-number")) == ["0006", "0005"]
    second = page(client, f"{URL}?sort=-number&page=2")
    assert found(second) == ["0004", "0003"]
    assert "?sort=-number&amp;page=3" in second
    assert found(page(client, f"{URL}?sort=name"))[0] == "0001"
    assert found(page(client, f"{URL}?sort=nonsense&page=nonsense")) == ["0001", "0002"]


def test_beside_each_stand_the_entries_and_what_may_be_seen_of_them(world):
    client = browser(world.viewer)

    after, before = page(client, URL), page(client, URL, at=STAFF_AT)

    assert SEEN.findall(after) == [
        ("0580", "A(a)"),
        ("0610", "Pending"),
        ("9702", "B(b)"),
    ]
    assert SEEN.findall(before) == [("9702", "B(b)")]
    assert before.count("Results to be released") == 2


def test_a_sheet_with_a_grade_is_marked_provisional_and_one_without_is_not(world):
    client = browser(world.viewer)

    for address in (URL, FRED, URL.removesuffix("candidates/")):
        assert "PROVISIONAL – not for universities" in page(client, address)
        assert "PROVISIONAL" not in page(client, address, at=BEFORE)


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_candidates(world, many, django_assert_num_queries):
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}")
    client = browser(world.officer)
    client.get(URL)

    with django_assert_num_queries(12):
        client.get(URL)


# --- One candidate's page ------------------------------------------------------------------------


def test_a_candidates_page_shows_outcomes_pum_and_component_marks(world):
    marks = (Component("12", "65", "66", "A"), Component("32", "ABS", "", ""))
    Result.objects.filter(entry__syllabus__code="0580").update(pum=91, components=marks)

    html = page(browser(world.viewer), FRED)

    for said in ("BLOGGS: Fred", "A(a)", "Pending", ">91<", "0580/12", ">65<", ">66<", "0580/32"):
        assert said in html
    assert "No result of this candidate came late, or has been corrected" in html


def test_component_marks_are_not_there_before_their_instant(world):
    marks = (Component("12", "65", "66", "A"),)
    Result.objects.filter(entry__syllabus__code="0580").update(components=marks)

    html = page(browser(world.viewer), FRED, at=A_LEVEL_RELEASE)

    assert "0580/12" not in html
    assert "Component marks" not in html


def test_the_history_says_what_was_what_is_when_and_why(world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    at = IGCSE_RELEASE + HOUR
    correct([Correction(result, "A*", 95)], by="board", reason="Review of marking", at=at)

    html = page(browser(world.viewer), FRED)
    history = html.partition('id="history-head"')[2]

    for said in ("13 August 2026, 13:00", "A(a)", "A*(a*)", "PUM 95", "Review of marking"):
        assert said in history
    before = page(browser(world.viewer), FRED, at=STAFF_AT)
    assert "Review of marking" not in before
    assert "A(a)" not in before


def test_what_is_restricted_is_marked_line_by_line(world):
    trust(world.officer)
    Release.objects.filter(qualification__name="Cambridge IGCSE").update(staff_at=STAFF_AT)

    html = page(browser(world.officer), FRED, at=STAFF_AT)

    assert html.count("</svg>Restricted</span>") == 2
    assert "RESTRICTED until 13 August 2026, 12:00 Bangkok time (UTC+7) – do not pass on" in html
    assert "Restricted" not in page(browser(world.officer), FRED)


@pytest.mark.parametrize("number", ["9999", "1", "nonsense", "0001%00"])
def test_a_candidate_that_there_is_not_is_not_found(world, number):
    assert browser(world.officer).get(f"{URL}{number}/").status_code == 404


def test_a_candidate_without_entries_is_shown_as_such(world):
    make_candidate(world.main, world.series, "0002", grades={})

    assert "has no entries in" in page(browser(world.officer), f"{URL}0002/", at=AFTER)


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_takes_the_same_queries_however_many_entries(
    world, many, django_assert_num_queries
):
    grades = dict.fromkeys(("0580", "0610", "0620")[:many], "A")
    make_candidate(world.main, world.series, "0002", grades=grades)
    client = browser(world.officer)

    with django_assert_num_queries(15):
        client.get(f"{URL}0002/")
