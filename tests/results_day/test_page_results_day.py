"""The pages *Results day* and *Call list*."""

import csv
import datetime as dt
import io
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.models import AuditEvent, Candidate, Entry
from credentials.logins.authentication import note_page_seen, note_results_seen
from tests.builders import (
    A_LEVEL_RELEASE,
    AFTER,
    IGCSE_RELEASE,
    arrange,
    give,
    make_candidate,
    make_centre,
    make_login,
)
from tests.letters import text

URL = "/candidate-results/2026-06/MAIN1/results-day/"
LIST = URL + "not-seen/"
HTMX = {"HX-Request": "true"}


def at_asc01(url: str) -> str:
    return url.replace("MAIN1", "ASC01")


@pytest.fixture
def officer(client, world):
    """The main centre's officer, a week after the release."""
    world.open_all()
    with time_machine.travel(AFTER, tick=False):
        client.force_login(world.officer)
        yield client


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def rows(response) -> dict[str, dict[str, str]]:
    """Of each row of the table: its head, and what its cells say, by their class."""
    found = {}
    for row in text(response).split("<tr ")[1:]:
        if head := re.search(r'<th[^>]* scope="row"[^>]*>(.*?)</th>', row, re.S):
            cells = re.findall(r'<td[^>]* class="([^"]+)"[^>]*>(.*?)</td>', row, re.S)
            found[words(head[1])] = {name.split()[-1]: words(cell) for name, cell in cells}
    return found


def figures(response) -> dict[str, str]:
    return {
        words(head): words(number)
        for head, number in re.findall(r"<dt>(.*?)</dt>\s*<dd><b>(.*?)</b>", text(response), re.S)
    }


def numbers(response) -> list[str]:
    return [head.split()[0] for head in rows(response)]


def drawn(response) -> str:
    return re.search(r'<svg class="sign-ins".*?</svg>', text(response), re.S)[0]


def taken(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def looks(candidate) -> None:
    _, _, credentials = make_login(candidate)
    note_page_seen(credentials)
    note_results_seen(credentials, ["0580"])


def test_the_centres_page_leads_to_it(officer):
    for centre in ("MAIN1", "ASC01"):
        html = text(officer.get(f"/candidate-results/2026-06/{centre}/"))
        assert f'href="/candidate-results/2026-06/{centre}/results-day/"' in html


def test_the_head_says_whose_clock_comes_first(officer):
    assert "Can be seen from (MAIN1 time)" in words(text(officer.get(URL)))


def test_it_belongs_to_administer_exams(officer):
    for page in (URL, LIST):
        assert 'aria-current="true">Administer exams</a>' in text(officer.get(page))


def test_a_row_says_how_far_each_centre_is_by_the_pages_clock_and_its_own(officer, world):
    looks(world.associate_candidate)
    make_login(make_candidate(world.associate, world.series, "0002"))
    make_candidate(world.associate, world.series, "0003")

    row = rows(officer.get(URL))["ASC01 Made-up School ASC01"]
    assert row == {
        "from": "13 August, 12:00 13 August, 10:00 Karachi time (UTC+5)",
        "access": "3",
        "lack": "1 without a letter at ASC01",
        "seen": "1 of 3",
        "bar": "",
        "call": "2 to call at ASC01",
    }
    assert rows(officer.get(URL))["MAIN1 Made-up School MAIN1"]["from"] == "13 August, 12:00"


def test_on_the_day_itself_the_hours_are_enough_and_who_waits_is_told_how_long(officer, world):
    give(world.associate, world.series, delay=dt.timedelta(hours=2))

    with time_machine.travel(A_LEVEL_RELEASE + dt.timedelta(minutes=34), tick=False):
        found = rows(officer.get(URL, {"sort": "centre"}))
    assert found["MAIN1 Made-up School MAIN1"]["from"] == "12:00 then 13 August, 12:00"
    associate = found["ASC01 Made-up School ASC01"]
    assert associate["from"] == "14:00 12:00 Karachi time (UTC+5) then 13 August, 14:00"
    assert associate["quiet"] == "Opens in 1 h 26 min (delay 2:00)"
    assert associate["call"] == "–"


def test_the_totals_stand_above(officer, world):
    looks(world.candidate)
    make_login(world.associate_candidate)

    make_candidate(world.associate, world.series, "0002")

    response = officer.get(URL)
    assert figures(response) == {
        "Results seen": "1 of 4",
        "Not yet seen": "3",
        "Login never tried": "3",
        "No letter": "2",
        "Not yet open": "0",
    }
    assert "25.0 %</strong> of those who can see theirs" in text(response)
    assert f'href="{LIST}?together"' in text(response)
    assert 'Call list: <span id="day-to-call">3</span>' in text(response)
    assert text(response).count("btn-primary") == 1


def test_who_has_no_letter_is_one_click_from_credentials(officer, world):
    at = "/candidate-results/2026-06/"
    assert f'href="{at}MAIN1/attached-centres/?show=letters-not-made">Create credentials' in text(
        officer.get(URL)
    )
    for centre in ("ASC01", "MAIN1"):
        make_login(world.candidates[centre])
    assert f'href="{at}ASC02/?show=none">Create credentials at ASC02' in text(officer.get(URL))
    alone = text(officer.get(URL.replace("MAIN1", "ASC02")))
    assert f'href="{at}ASC02/?show=none">Create credentials for 1' in alone


def test_centres_without_letters_and_those_not_yet_open_are_counted_and_shown_alone(officer, world):
    give(world.associate2, world.series, delay=dt.timedelta(hours=2))
    make_login(world.associate_candidate)

    with time_machine.travel(A_LEVEL_RELEASE, tick=False):
        html = text(officer.get(URL))
        for show, label, count, shown in (
            ("all", "All", 3, ["ASC01", "ASC02", "MAIN1"]),
            ("no-letter", "No letter", 2, ["ASC02", "MAIN1"]),
            ("not-open", "Not yet open", 1, ["ASC02"]),
        ):
            assert f">{label} <b>{count}</b></a>" in html
            assert sorted(numbers(officer.get(URL, {"show": show}))) == shown
        assert numbers(officer.get(URL, {"show": "not-open", "search": "asc01"})) == []


def test_the_order_and_a_search_stand_in_the_address(officer, world):
    make_login(world.candidates["ASC02"])

    assert numbers(officer.get(URL)) == ["ASC01", "MAIN1", "ASC02"]  # without a letter, then late
    assert numbers(officer.get(URL, {"sort": "centre"})) == ["ASC01", "ASC02", "MAIN1"]
    assert numbers(officer.get(URL, {"search": "school asc02"})) == ["ASC02"]
    assert "holds “<bdi>nowhere" in text(officer.get(URL, {"search": "nowhere", "sort": "no such"}))


def test_an_associates_officer_sees_the_own_centre_alone(client, world, officer):
    client.force_login(world.associate_officer)

    html = text(client.get(at_asc01(URL)))
    assert "ASC02" not in html
    day = html.partition('id="day"')[2]
    assert "ASC01" in html and "MAIN1" not in day  # whose Associate Centre it is, the bar says
    assert "11 August 2026, 10:00 Karachi time (UTC+5)" in html
    assert client.get(URL).status_code == 404


def test_without_access_there_is_nothing_to_see(client, world, officer):
    make_login(world.associate_candidate)
    give(world.associate, world.series, access=False)
    client.force_login(world.associate_officer)

    for address in (at_asc01(URL), at_asc01(LIST)):
        html = text(client.get(address))
        assert "has not given this centre access" in html
        assert "BLOGGS" not in html


def test_it_renews_itself_with_htmx_and_at_a_link_without(officer):
    html = text(officer.get(URL, {"sort": "centre"}))
    assert f'hx-get="{URL}?sort=centre" hx-trigger="every 30s"' in html
    without_script = re.search(r"<noscript>(.*?)</noscript>", html, re.S)[1]
    assert (words(without_script), "http-equiv" in html) == ("Refresh", False)
    assert f'href="{URL}?sort=centre"' in without_script

    part = text(officer.get(URL, {"sort": "centre"}, headers=HTMX))
    assert part.lstrip().startswith('<div id="day" hx-get=')
    assert "<html" not in part
    for outside in ("day-clock", "day-to-call"):
        assert f'<span id="{outside}" hx-swap-oob="true">' in part
        assert f'<span id="{outside}">' in html


def test_it_can_be_stopped(officer):
    html = text(officer.get(URL, {"still": "yes"}))

    assert "hx-get" not in html.partition('id="day"')[2]
    assert "Stopped" in html
    assert "Refresh" in html


def test_the_sign_ins_are_drawn_in_the_centres_own_time_and_without_inline_style(officer, world):
    with time_machine.travel(AFTER - dt.timedelta(minutes=7), tick=False):
        looks(world.candidate)

    drawing = drawn(officer.get(URL))
    assert drawing.count("<rect ") == 1
    assert ">18:30</text>" in drawing  # 11:30 UTC in Bangkok
    assert 'aria-labelledby="sign-ins-title sign-ins-text"' in drawing
    assert "18:51: 1" in drawing  # the five minutes from then, for who cannot see it
    assert "style=" not in drawing
    assert "The busiest minute was 18:53, with 1." in drawing
    assert "results open" not in drawing  # that was a week ago


def test_the_release_is_marked_where_it_falls_into_the_hour(officer, world):
    with time_machine.travel(IGCSE_RELEASE + dt.timedelta(minutes=2), tick=False):
        looks(world.candidate)
    with time_machine.travel(IGCSE_RELEASE + dt.timedelta(minutes=34), tick=False):
        drawing = drawn(officer.get(URL))

    assert 'class="opened" x1="41.67%"' in drawing
    assert ">12:00 results open</text>" in drawing
    assert "Results could be seen from 12:00." in drawing


def test_neither_page_reads_a_grade(officer, world):
    make_login(world.candidate)
    make_login(world.associate_candidate)

    for address in (URL, LIST, LIST + "?together", LIST + "download/"):
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(address).status_code == 200
        asked = [query["sql"] for query in captured if "results_result" in query["sql"]]
        assert asked == []


@pytest.mark.parametrize("address", [URL, LIST + "?together", LIST + "download/?together"])
def test_many_centres_take_as_many_queries_as_two(address, officer, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(address).status_code == 200
        return len(captured)

    make_login(world.associate_candidate)
    officer.get(address)
    few = queries()
    for number in range(3, 20):
        centre = make_centre(f"ASC{number:02}", main=world.main)
        give(centre, world.series, delay=dt.timedelta(minutes=number))
        arrange(centre, world.series)
        make_login(make_candidate(centre, world.series))
    assert queries() == few


def test_the_list_names_who_has_not_looked_and_why_that_may_be(officer, world):
    looks(world.associate_candidate)
    second = make_candidate(world.associate, world.series, "0002", name="DOE: Jane")
    second.group = "11A"
    second.save()
    note_page_seen(make_login(second)[2])
    make_candidate(world.associate, world.series, "0003", name="ROE: Richard")

    response = officer.get(at_asc01(LIST))
    assert rows(response) == {
        "DOE: Jane": listed("0002", "11A", "Made", "Yes"),
        "ROE: Richard": listed("0003", "", "No letter", "Never"),
    }
    assert "2 of 3 have not looked so far" in text(response)
    assert "20 August 2026, 17:00 Karachi time (UTC+5)" in text(response)


def listed(number: str, group: str, letter: str, tried: str) -> dict[str, str]:
    said = {"no": number, "group": group, "letter": letter, "tried": tried}
    return {**said, "reached": "", "on-paper": ""}


def test_the_main_centres_list_is_its_own_or_of_all_together(officer, world):
    for candidate in world.candidates.values():
        make_login(candidate)

    own, together = text(officer.get(LIST)), text(officer.get(LIST + "?together"))
    assert own.count("BLOGGS: Fred") == 1
    assert together.count("BLOGGS: Fred") == 3
    heads = re.findall(r'<h2 id="head-(\w+)">', together)
    assert heads == ["ASC01", "ASC02", "MAIN1"]
    assert re.findall(r'<h2 id="head-(\w+)">', own) == ["MAIN1"]
    assert "OTH01" not in together
    assert "It is <b>17:00</b> there." in together  # whether it is an hour to call, at ASC01


def test_no_sheet_holds_more_than_25_or_those_of_two_centres(officer, world):
    for number in range(2, 61):
        make_candidate(world.associate, world.series, f"{number:04}")

    sheets = text(officer.get(LIST + "?together")).split("<tbody")[1:]
    assert [sheet.count('scope="row"') for sheet in sheets] == [25, 25, 10, 1, 1]


def test_before_results_can_be_seen_the_list_says_from_when_and_names_nobody(officer, world):
    make_login(world.candidate)

    with time_machine.travel(A_LEVEL_RELEASE - dt.timedelta(seconds=1), tick=False):
        html = text(officer.get(LIST))
    assert "Nobody can see results yet." in html
    assert "11 August 2026, 12:00 Bangkok time (UTC+7)" in html
    assert "BLOGGS" not in html
    assert "Download as CSV" not in html


def test_when_everybody_has_looked_that_is_said(officer, world):
    looks(world.candidate)

    assert "Everybody who can see results by now has looked." in text(officer.get(LIST))


def test_the_csv_holds_the_same_and_is_named_by_centre_and_time(officer, world):
    make_login(world.candidate)
    make_candidate(world.associate, world.series, "0002", name="=HYPERLINK(1)")
    looks(world.associate_candidate)
    looks(world.candidates["ASC02"])

    response = officer.get(LIST + "download/?together")
    assert taken(response) == [
        ["Centre", "Centre name", "Number", "Name", "Group", "Letter made", "Login tried"],
        ["ASC01", "Made-up School ASC01", "0002", "'=HYPERLINK(1)", "", "no", "no"],
        ["MAIN1", "Made-up School MAIN1", "0001", "BLOGGS: Fred", "", "yes", "no"],
    ]
    assert response["Content-Disposition"] == (
        'attachment; filename="call-list-2026-06-MAIN1-20260820-1900.csv"'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_taking_the_csv_is_recorded_at_each_centre_that_it_names_somebody_of(officer, world):
    looks(world.candidates["ASC02"])

    officer.get(LIST + "download/?together")
    events = AuditEvent.objects.filter(action="not_seen_downloaded")
    assert sorted(events.values_list("centre", "by", "series")) == [
        ("ASC01", "officer.main", "June 2026"),
        ("MAIN1", "officer.main", "June 2026"),
    ]


def test_a_long_list_is_read_and_given_some_hundred_at_a_time(officer, world):
    Candidate.objects.bulk_create(
        Candidate(
            series=world.series, centre=world.main, number=f"{number:04}", name=f"N: {number}"
        )
        for number in range(2, 1202)
    )
    syllabus = Entry.objects.first().syllabus
    Entry.objects.bulk_create(
        Entry(candidate=one, syllabus=syllabus)
        for one in Candidate.objects.filter(number__gt="0001")
    )

    pieces = officer.get(LIST + "download/").streaming_content
    assert AuditEvent.objects.filter(action="not_seen_downloaded").count() == 1
    assert [piece.count(b"\r\n") for piece in pieces] == [1, 500, 500, 201]


def test_an_associate_gets_no_other_centre_by_asking_for_all_together(client, world, officer):
    client.force_login(world.associate_officer)

    assert {line[0] for line in taken(client.get(at_asc01(LIST) + "download/?together"))} == {
        "Centre",
        "ASC01",
    }
    assert client.get(LIST + "download/").status_code == 404
