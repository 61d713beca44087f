"""The pages *Results day* and *Not yet seen*."""

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
    """Of each row of the table: its head, and what its cells say."""
    found = {}
    for row in text(response).partition("<tbody>")[2].split("<tr>")[1:]:
        head = re.search(r'<th[^>]* scope="row">(.*?)</th>', row, re.S)
        cells = re.findall(r'<td[^>]* data-head="([^"]+)"[^>]*>(.*?)</td>', row, re.S)
        found[words(head[1])] = {name: words(cell) for name, cell in cells}
    return found


def numbers(response) -> list[str]:
    return [head.split()[0] for head in rows(response)]


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


def test_a_row_says_how_far_each_centre_is_by_the_one_clock_of_the_page(officer, world):
    looks(world.associate_candidate)
    make_login(make_candidate(world.associate, world.series, "0002"))
    make_candidate(world.associate, world.series, "0003")

    assert rows(officer.get(URL))["ASC01 Made-up School ASC01"] == {
        "Letters made": "2 of 3",
        "Logins tried": "1",
        "Results seen": "1 of 3",
        "Not yet seen": "1 at ASC01, list to telephone 1 without a letter",
        "Can be seen from": (
            "11 August 2026, 12:00 Bangkok time (UTC+7) (11 August 2026, 05:00 UTC) "
            "Cambridge International AS & A Level "
            "13 August 2026, 12:00 Bangkok time (UTC+7) (13 August 2026, 05:00 UTC) "
            "Cambridge IGCSE It is 17:00 there."
        ).replace("&", "&amp;"),
    }


def test_the_totals_stand_above(officer, world):
    looks(world.candidate)
    make_login(world.associate_candidate)

    make_candidate(world.associate, world.series, "0002")

    html = text(officer.get(URL))
    assert "logins that work; 2 have none" in html
    for head, count in (
        ("With access", 4),
        ("Letters made", 2),
        ("Logins tried", 1),
        ("Results seen", 1),
        ("Not yet seen", 1),
        ("No letter", 2),
    ):
        assert f'<dt>{head}</dt><dd class="number">{count}</dd>' in html


def test_the_order_and_a_search_stand_in_the_address(officer, world):
    make_login(world.candidates["ASC02"])

    assert numbers(officer.get(URL)) == ["ASC01", "MAIN1", "ASC02"]  # without a letter, then late
    assert numbers(officer.get(URL, {"sort": "centre"})) == ["ASC01", "ASC02", "MAIN1"]
    assert numbers(officer.get(URL, {"search": "school asc02"})) == ["ASC02"]
    assert "holds “nowhere”" in text(officer.get(URL, {"search": "nowhere", "sort": "no such"}))


def test_an_associates_officer_sees_the_own_centre_alone(client, world, officer):
    client.force_login(world.associate_officer)

    html = text(client.get(at_asc01(URL)))
    assert "ASC02" not in html
    assert "MAIN1" not in html
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


def test_it_renews_itself_with_htmx_and_without(officer):
    html = text(officer.get(URL, {"sort": "centre"}))
    assert f'hx-get="{URL}?sort=centre" hx-trigger="every 30s"' in html
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in html

    part = text(officer.get(URL, {"sort": "centre"}, headers=HTMX))
    assert part.lstrip().startswith('<div id="day" hx-get=')
    assert "<html" not in part


def test_it_can_be_told_to_stand_still(officer):
    html = text(officer.get(URL, {"still": "yes"}))

    assert "hx-get" not in html.partition('id="day"')[2]
    assert "http-equiv" not in html
    assert "Look again" in html


def test_the_sign_ins_are_drawn_in_the_centres_own_time_and_without_inline_style(officer, world):
    with time_machine.travel(AFTER - dt.timedelta(minutes=7), tick=False):
        looks(world.candidate)

    drawing = re.search(r"<svg.*?</svg>", text(officer.get(URL)), re.S)[0]
    assert drawing.count("<rect ") == 1
    assert ">18:30</text>" in drawing  # 11:30 UTC in Bangkok
    assert 'aria-labelledby="sign-ins-title sign-ins-text"' in drawing
    assert "18:51: 1" in drawing  # the five minutes from then, for who cannot see it
    assert "style=" not in drawing
    assert "The busiest minute was 18:53, with 1." in text(officer.get(URL))


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
        "DOE: Jane": {"Number": "0002", "Group": "11A", "Letter": "Made", "Login tried": "Yes"},
        "ROE: Richard": {"Number": "0003", "Group": "", "Letter": "None", "Login tried": "Never"},
    }
    assert "2 of 3 have not looked so far" in text(response)
    assert "20 August 2026, 17:00 Karachi time (UTC+5)" in text(response)


def test_the_main_centres_list_is_its_own_or_of_all_together(officer, world):
    for candidate in world.candidates.values():
        make_login(candidate)

    own, together = text(officer.get(LIST)), text(officer.get(LIST + "?together"))
    assert own.count("BLOGGS: Fred") == 1
    assert together.count("BLOGGS: Fred") == 3
    assert 'data-head="Centre">ASC01' in together
    assert 'data-head="Centre"' not in own
    assert "OTH01" not in together


def test_before_results_can_be_seen_the_list_says_from_when_and_names_nobody(officer, world):
    make_login(world.candidate)

    with time_machine.travel(A_LEVEL_RELEASE - dt.timedelta(seconds=1), tick=False):
        html = text(officer.get(LIST))
    assert "Nobody can see results yet, so nobody is late." in html
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
        'attachment; filename="not-seen-2026-06-MAIN1-20260820-1900.csv"'
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
