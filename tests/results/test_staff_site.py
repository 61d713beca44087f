"""*View entries and results*: who may open it, and what it says by qualification."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from centres.models import Candidate, Entry, Membership, Release, Role
from results.models import Result
from results.staff_site.views import qualifications
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    erase,
    hold,
    make_candidate,
    trust,
)

URL = "/entries-and-results/2026-06/MAIN1/"
CHOOSE = "/entries-and-results/"
LATER = AFTER + dt.timedelta(days=90)  # when no series is present
CHANGE = "/candidate-results/2026-06/MAIN1/change-subcentre/"
TO_BE_RELEASED = "Results to be released"
NOT_YET = "Not available yet"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str = URL, *, at=AFTER) -> str:
    with time_machine.travel(at, tick=False):
        answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def counts(html: str) -> list[int]:
    """Entries, withdrawn, with a result, to be released."""
    shown = html.partition('<dl class="figures">')[2].partition("</dl>")[0]
    entries, graded = (int(one) for one in re.findall(r"<dd><b>(\d+)</b>", shown)[:2])
    said = {words: int(many) for many, words in re.findall(r">(\d+) ([a-z ]+)</a>", shown)}
    no_grade = sum(said.get(one, 0) for one in ("no result", "pending", "to be issued"))
    return [entries, said.get("withdrawn", 0), graded + no_grade, said.get("to be released", 0)]


def listed(html: str) -> list[tuple[str, str]]:
    """Number and syllabus of each entry in the list."""
    rows = html.partition('<section class="panel flush" id="entries"')[2].split("<tr ")[2:]
    return [
        (re.search(r">(\d{4})</a>", row)[1], re.search(r"class=\"syllabus\">(\d{4})", row)[1])
        for row in rows
    ]


# --- Choosing ---------------------------------------------------------------------------------


def test_the_present_series_is_opened_at_once_for_who_has_one_centre(world):
    with time_machine.travel(AFTER, tick=False):
        for user, number in ((world.viewer, "MAIN1"), (world.stranger, "OTH01")):
            client, at = browser(user), f"/entries-and-results/2026-06/{number}/"
            assert client.get(CHOOSE).headers["Location"] == at
            by_candidate = client.get(CHOOSE, {"by": "candidate"})
            assert by_candidate.headers["Location"] == f"{at}candidates/"


def test_while_no_series_is_present_one_chooses_it_and_of_several_centres_one(world):
    client = browser(world.viewer)
    html = page(client, CHOOSE, at=LATER)
    offered = re.findall(r'<option value="([A-Z0-9]{5})">', html)
    assert offered == ["MAIN1", "ASC01", "ASC02"]

    chosen = client.get(CHOOSE, {"series": "2026-06", "centre": "ASC01"})
    assert chosen.headers["Location"] == "/entries-and-results/2026-06/ASC01/"


def test_who_is_on_the_staff_of_several_centres_chooses_one(world):
    Membership.objects.create(user=world.viewer, centre=world.stranger_centre, role=Role.VIEWER)

    offered = re.findall(r'<option value="([A-Z0-9]{5})">', page(browser(world.viewer), CHOOSE))

    assert offered == ["MAIN1", "OTH01", "ASC01", "ASC02"]


def test_who_has_one_centre_chooses_the_series_alone(world):
    client = browser(world.stranger)
    assert "Centre</label>" not in page(client, CHOOSE, at=LATER)

    chosen = client.get(CHOOSE, {"series": "2026-06"})
    assert chosen.headers["Location"] == "/entries-and-results/2026-06/OTH01/"


def test_from_the_dashboard_one_chooses_by_qualification_or_by_candidate(world):
    client = browser(world.stranger)
    dashboard = page(client, "/")
    assert 'href="/entries-and-results/"' in dashboard
    assert 'href="/entries-and-results/?by=candidate"' in dashboard
    assert '<input type="hidden" name="by" value="candidate"' in page(
        client, f"{CHOOSE}?by=candidate", at=LATER
    )

    chosen = client.get(CHOOSE, {"series": "2026-06", "by": "candidate"})
    assert chosen.headers["Location"] == "/entries-and-results/2026-06/OTH01/candidates/"


def test_who_is_on_the_staff_of_no_centre_is_told_whom_to_ask(world):
    html = page(browser(world.board), CHOOSE)
    assert "not on the staff of a centre" in html


def test_a_main_centre_changes_to_any_of_its_associate_centres_and_back(world):
    client = browser(world.viewer)
    offered = re.findall(r'<option value="([A-Z0-9]{5})"', page(client))
    assert offered == ["MAIN1", "ASC01", "ASC02"]

    def changed(**asked) -> str:
        return client.get(CHANGE, {"tab": "entries", **asked}).headers["Location"]

    assert changed(subcentre="ASC02") == "/entries-and-results/2026-06/ASC02/"
    assert changed(subcentre="MAIN1") == URL


@pytest.mark.parametrize("wanted", ["OTH01", "NONE9", "", "\0"])
def test_nobody_changes_to_another_centre(world, wanted):
    client = browser(world.officer)

    assert client.get(CHANGE, {"subcentre": wanted}).status_code == 404


def test_an_associate_centre_sees_no_other_to_change_to(world):
    html = page(browser(world.associate_officer), "/entries-and-results/2026-06/ASC01/")

    assert "change Subcentre" not in html
    assert "side by side" not in html


# --- By qualification ---------------------------------------------------------------------------


def test_after_the_release_it_shows_every_entry_and_its_outcome(world):
    html = page(browser(world.viewer))

    for said in ("BLOGGS: Fred", "0580 Syllabus 0580", IGCSE, "A(a)", "B(b)", "Pending", "AX"):
        assert said in html
    assert TO_BE_RELEASED not in html
    assert "Restricted" not in html
    assert counts(html) == [3, 0, 3, 0]


def test_one_goes_from_a_qualification_to_a_syllabus_to_an_option(world):
    Entry.objects.filter(candidate=world.candidate, syllabus__code="0610").update(option_code="")
    client = browser(world.officer)
    igcse = page(client, f"{URL}?qualification=cambridge-igcse")
    physics = page(client, f"{URL}?qualification=cambridge-igcse&syllabus=0610")
    option = page(client, f"{URL}?qualification=cambridge-igcse&syllabus=0610&option=none")

    assert 'href="?qualification=cambridge-igcse"' in page(client)
    assert (counts(igcse), listed(igcse)) == ([2, 0, 2, 0], [("0001", "0580"), ("0001", "0610")])
    assert 'href="?qualification=cambridge-igcse&amp;syllabus=0610"' in igcse
    assert (counts(physics), listed(physics)) == ([1, 0, 1, 0], [("0001", "0610")])
    assert 'href="?qualification=cambridge-igcse&amp;syllabus=0610&amp;option=none"' in physics
    assert "No option given" in physics
    assert listed(option) == [("0001", "0610")]
    assert "Options of" not in option


@pytest.mark.parametrize(
    "asked",
    [
        "qualification=nonsense",
        "syllabus=9999",
        "option=AX",
        "outcome=nonsense",
        "sort=pk",
        "sort=-",
        "page=nonsense",
        "page=-1",
        "page=99",
        "qualification=%00&syllabus=%F0%28&outcome=%27",
        "syllabus=0580&syllabus=",
    ],
)
def test_what_does_not_exist_is_passed_over(world, asked):
    assert counts(page(browser(world.officer), f"{URL}?{asked}")) == [3, 0, 3, 0]


def test_a_list_is_filtered_by_result_and_sorted_in_the_address(world):
    make_candidate(world.main, world.series, "0002", grades={"0580": "A*", "9702": "B"})
    client = browser(world.officer)

    assert listed(page(client, f"{URL}?outcome=B")) == [("0001", "9702"), ("0002", "9702")]
    sorted_ = page(client, f"{URL}?syllabus=0580&sort=outcome")
    assert listed(sorted_) == [("0002", "0580"), ("0001", "0580")]
    assert '<option value="outcome" selected>' in sorted_
    assert "No entry here has this result</b>" in page(client, f"{URL}?outcome=G")
    assert "As far as results are released" in page(client, f"{URL}?outcome=A", at=A_LEVEL_RELEASE)


def test_the_distribution_is_drawn_and_stands_in_a_table_with_the_same_figures(world):
    make_candidate(world.main, world.series, "0002", grades={"0580": "A"})

    html = page(browser(world.officer), f"{URL}?syllabus=0580")

    drawing = html.partition('<svg class="distribution not-phone"')[2].partition("</desc>")[0]
    assert "A*: 0; A: 2; B: 0; C: 0; D: 0; E: 0; F: 0; G: 0; UNGRADED: 0." in drawing
    table = html.partition('<table class="data figures-of">')[2].partition("</table>")[0]
    assert re.findall(r'row">([^<]+)</th><td class="num">(\d+)', table)[:3] == [
        ("A*", "0"),
        ("A", "2"),
        ("B", "0"),
    ]
    assert ' style="' not in html


def test_before_it_the_instant_stands_in_the_centres_zone(world):
    html = page(browser(world.officer), at=STAFF_AT)

    assert html.count(TO_BE_RELEASED) == 2  # the A Level was released the day before
    assert html.count("13 August 2026, 12:00") == 3  # and once for all of them
    assert "Results in Cambridge IGCSE can be seen here from" in html
    assert "Times: Bangkok time (UTC+7)" in html
    assert "A(a)" not in html
    assert counts(html) == [3, 0, 1, 2]


def test_in_confidence_it_shows_them_and_says_until_when_they_are_restricted(world):
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)

    html = page(browser(world.officer), at=STAFF_AT)
    assert "A(a)" in html
    assert (
        "Restricted until 13 August 2026, 12:00 Bangkok time (UTC+7)</span> <strong>Do not pass on.</strong>"
        in html
    )
    assert "13 August 2026, 05:00 UTC" in html
    assert f"only staff who may see results in confidence may know of results in {IGCSE}:" in html
    on_paper = (
        'class="on-every-sheet">RESTRICTED until 13 August 2026, 12:00 Bangkok time (UTC+7) – do'
    )
    assert on_paper in html
    assert "A(a)" not in page(browser(world.viewer), at=STAFF_AT)
    assert "estricted" not in page(browser(world.officer), at=IGCSE_RELEASE).partition("</head>")[2]


def test_what_is_held_reads_not_available_yet_without_a_time(world):
    hold(series=world.series)

    html = page(browser(world.officer))
    assert re.findall(r'class="result"><span class="quiet">(.*?)<', html) == [NOT_YET] * 3
    assert TO_BE_RELEASED not in html
    assert "3 entries read “Not available yet”" in html
    assert "info@cambridgeinternational.org" in html.partition("3 entries read")[2]
    assert "August" not in html
    assert "held" not in html.lower()


def test_what_is_held_and_what_is_missing_are_the_same_bytes_to_staff(world):
    browse = browser(world.officer)
    asked = ("", "?outcome=not-available", "candidates/", "candidates/0001/", "associates/")
    erase(Result.objects.all())
    missing = [page(browse, f"{URL}{one}") for one in asked]
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')

    for entry in Entry.objects.filter(candidate__series=world.series):
        Result.objects.create(entry=entry, grade="A")
    hold(series=world.series)
    held = [page(browse, f"{URL}{one}") for one in asked]

    assert [token.sub("", one) for one in held] == [token.sub("", one) for one in missing]
    assert all(NOT_YET in one for one in held)


def test_the_list_finds_what_is_not_available_apart_from_what_is_to_be_released(world):
    Release.objects.filter(qualification__name=A_LEVEL).delete()
    hold(entry=Entry.objects.get(candidate=world.candidate, syllabus__code="0580"))

    html = page(browser(world.officer), f"{URL}?outcome=not-available")
    awaited = page(browser(world.officer), f"{URL}?outcome=awaited")

    assert listed(html) == [("0001", "0580")]
    assert listed(awaited) == [("0001", "9702")]
    assert "Results to be released; no time is set yet" in awaited


def test_a_centre_without_entries_of_its_own_says_so(world):
    erase(Candidate.objects.filter(centre=world.associate2))

    assert "no entries of its own" in page(
        browser(world.officer), "/entries-and-results/2026-06/ASC02/"
    )


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_candidates(world, many, django_assert_num_queries):
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}", grades={"0580": "A", "9702": "B"})
    client = browser(world.officer)
    client.get(URL)

    with django_assert_num_queries(16):
        client.get(URL)


def test_many_entries_stand_on_several_pages(world, monkeypatch):
    monkeypatch.setattr(qualifications, "ENTRIES_A_PAGE", 2)
    make_candidate(world.main, world.series, "0002", name="NUMBER 0002")
    client = browser(world.officer)

    first, second = page(client), page(client, f"{URL}?page=2&sort=number")

    assert (len(listed(first)), len(listed(second))) == (2, 2)
    assert ("NUMBER 0002" in first, "NUMBER 0002" in second) == (False, True)
    assert "Page 1 of 2" in first
    assert "?page=1&amp;sort=number" in second
    assert "4 of 4 entries" in second
