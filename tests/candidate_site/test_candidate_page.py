"""What a candidate's page tells beside the grades: when, what it means, what is new, other series."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from centres.models import Candidate, Release
from centres.terms import Contact
from credentials.models import Credentials
from results.corrections import Correction, correct
from results.models import Result
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    arrange,
    erase,
    held_of,
    hold,
    let_go,
    make_candidate,
    make_login,
    make_series,
)
from tests.results.signed_in import ONE_PAGE, ask, log_in, signed_in

HOUR = dt.timedelta(hours=1)
NEW = "New since your last visit"
UCI, BORN = "MAIN1250117X", dt.date(2009, 3, 4)


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


def page(client) -> str:
    response = ask(client)
    assert response.status_code == 200
    return response.content.decode()


def row(html: str, code: str) -> str:
    """The line of a syllabus, with what is said under it."""
    return next(one for one in re.split("<tr>|</tbody>", html) if code in one)


# --- Before the release -------------------------------------------------------------------------


def test_before_the_release_it_says_that_the_login_works_and_what_will_happen(world):
    html = page(signed_in(world.candidate))

    assert "Your login works. Keep your letter, and log in with it again then." in html
    assert ">13 August 2026, 12:00</time>" in html
    assert "Bangkok time (UTC+7)" in html
    assert html.count("13 August 2026, 05:00 UTC") == 1


def test_the_countdown_counts_from_the_sites_clock_to_the_very_moment(world):
    html = page(signed_in(world.candidate))

    counted = re.findall(r'data-now="(\d+)" data-at="(\d+)"', html)
    assert [(int(now) / 1000, int(at) / 1000) for now, at in counted] == [
        (BEFORE.timestamp(), A_LEVEL_RELEASE.timestamp()),
        (BEFORE.timestamp(), IGCSE_RELEASE.timestamp()),
    ]


def test_once_some_results_are_there_the_others_are_still_counted_down(world, clock):
    clock.move_to(A_LEVEL_RELEASE)
    html = page(signed_in(world.candidate))

    assert "More results to be released" in html
    assert "B(b)" in html
    assert html.count("data-at=") == 1


def test_when_all_are_there_nothing_is_counted_down(world, clock):
    clock.move_to(AFTER)
    html = page(signed_in(world.candidate))

    assert "data-at=" not in html and "to be released" not in html


def test_the_calendar_file_names_each_moment_and_nobody(world):
    response = ask(signed_in(world.candidate), "calendar/")

    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert response.headers["Content-Type"].startswith("text/calendar")
    assert [(event["dtstart"].dt, str(event["summary"])) for event in events] == [
        (A_LEVEL_RELEASE, f"Exam results can be seen: June 2026, {A_LEVEL}"),
        (IGCSE_RELEASE, f"Exam results can be seen: June 2026, {IGCSE}"),
    ]
    for said in ("BLOGGS", "0001", "MAIN1", "0580"):
        assert said not in response.content.decode()


def test_the_calendar_file_is_for_whoever_is_signed_in(world, client):
    assert ask(client, "calendar/").status_code == 303


# --- What it means ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "grade", "written", "meaning"),
    [
        ("0580", "X", "No result", "an exam or coursework was missed"),
        ("0580", "Q", "Pending", "This result is not complete yet."),
        ("0580", "Y", "To be issued", "This result is issued later."),
        ("0580", "UNGRADED", "UNGRADED", "The standard of the lowest grade was not reached."),
        ("9702", "b", "b(b)", "An AS Level grade, which the small letter shows."),
        ("0580", "A*", "A*(a*)", None),
        ("9702", "B", "B(b)", None),
        ("0580", "9", "9 (NINE)", None),
    ],
)
def test_an_outcome_that_does_not_say_it_itself_is_explained_beside_it(
    world, clock, code, grade, written, meaning
):
    clock.move_to(AFTER)
    candidate = make_candidate(world.main, world.series, "0002", grades={code: grade})
    line = row(page(signed_in(candidate)), code)

    assert f">{written}<" in line
    assert meaning in line if meaning else line.count("detail") == 1


def test_a_pum_is_told_from_a_percentage_where_there_is_one(world, clock):
    clock.move_to(AFTER)
    said = "It is not a percentage of the marks in the exam."
    assert said not in page(signed_in(world.candidate))
    Result.objects.filter(entry__syllabus__code="0580").update(pum=84)

    assert said in page(signed_in(world.candidate))


# --- What is new --------------------------------------------------------------------------------


def visit(clock, login, moment) -> str:
    """The page at a visit, which begins with a login and ends with a log out."""
    clock.move_to(moment)
    client = Client()
    assert log_in(client, *login).status_code == 303
    html = page(client)
    assert page(client) == html  # looking again does not take a mark away
    client.post("/results/log-out/")
    return html


def test_results_that_came_since_the_last_visit_are_marked(world, clock):
    login = make_login(world.candidate)[:2]
    first, second, third = (
        visit(clock, login, moment) for moment in (A_LEVEL_RELEASE, IGCSE_RELEASE, AFTER)
    )

    assert NEW not in first  # nobody needs to be told that all is new
    assert NEW in row(second, "0580") and NEW not in row(second, "9702")
    assert NEW not in third


def test_a_result_that_changed_since_the_last_visit_is_marked_with_its_date(world, clock):
    login = make_login(world.candidate)[:2]
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    visit(clock, login, AFTER)
    at = AFTER + HOUR
    correct([Correction(result, "A*", None)], by=world.board, reason="Review", at=at)
    html = visit(clock, login, at + HOUR)

    assert NEW in row(html, "0580") and "Changed on 20 August 2026" in row(html, "0580")
    assert NEW not in row(html, "0610")


def test_a_result_that_was_held_or_not_yet_loaded_at_the_last_visit_is_marked_when_it_shows(
    world, clock
):
    login = make_login(world.candidate)[:2]
    placed = hold(**held_of(world.candidate, "0580")["entry"])
    erase(Result.objects.filter(entry__candidate=world.candidate, entry__syllabus__code="0610"))
    visit(clock, login, AFTER)

    let_go(placed, at=AFTER + HOUR)
    late = world.candidate.entries.get(syllabus__code="0610")
    Result.objects.create(entry=late, grade="C", added_at=AFTER + HOUR)
    html = visit(clock, login, AFTER + 2 * HOUR)

    assert NEW in row(html, "0580") and NEW in row(html, "0610")
    assert NEW not in row(html, "9702")


def test_a_correction_made_while_a_result_was_held_is_no_hint_that_it_was(world, clock):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    placed = hold(**held_of(world.candidate, "0580")["entry"])
    correct([Correction(result, "B", None)], by=world.board, reason="Inquiry", at=AFTER)
    let_go(placed, at=AFTER + HOUR)
    clock.move_to(AFTER + 2 * HOUR)

    html = page(signed_in(world.candidate))

    assert "B(b)" in row(html, "0580")
    assert "Changed on" not in html


# --- Several series -----------------------------------------------------------------------------


@pytest.fixture
def earlier(world) -> Candidate:
    """The same person, in November 2025, with a live login there too."""
    series = make_series(2025, 11, releases={IGCSE: dt.datetime(2026, 1, 14, 6, 0, tzinfo=dt.UTC)})
    candidate = make_candidate(world.stranger_centre, series, "0117", grades={"0510": "E"})
    arrange(world.stranger_centre, series, contact=Contact("Other Office", "", "o@example.org"))
    Candidate.objects.filter(pk__in=[candidate.pk, world.candidate.pk]).update(
        uci=UCI, date_of_birth=BORN
    )
    make_login(candidate)
    return candidate


def test_the_same_person_sees_each_series_in_a_table_of_its_own(world, earlier, clock):
    clock.move_to(AFTER)
    html = page(signed_in(world.candidate))

    assert html.count("<table") == 2
    assert html.index("June 2026") < html.index("November 2025")
    assert "E(e)" in row(html, "0510")
    assert "Candidate 0117 at centre OTH01" in re.sub("<[^>]+>", "", html)
    assert "Exams Office" in html and "Other Office" in html


def test_each_series_has_its_own_release(world, earlier):
    html = page(signed_in(world.candidate))

    assert "E(e)" in row(html, "0510")
    assert "Results to be released" in row(html, "0580")


def no_login_there(earlier):
    Credentials.objects.filter(candidate=earlier).update(
        revoked_at=BEFORE, revoked_because=Credentials.Reason.ACCESS_REMOVED
    )


def no_access_there(earlier):
    arrange(earlier.centre, earlier.series, status="none")


def another_person(earlier):
    Candidate.objects.filter(pk=earlier.pk).update(date_of_birth=BORN + dt.timedelta(days=1))


def nobody_knows_when_born(earlier):
    Candidate.objects.update(date_of_birth=None)


def no_uci(earlier):
    Candidate.objects.update(uci="")


def another_uci(earlier):
    Candidate.objects.filter(pk=earlier.pk).update(uci=UCI[:-1] + "A")


def the_twin(earlier):
    """With one birthday and, by a slip, one UCI."""
    Candidate.objects.filter(pk=earlier.pk).update(name="BLOGGS: Freda")


def a_twin_of_two_names(earlier):
    Candidate.objects.exclude(pk=earlier.pk).update(name="BLOGGS: Muhammad Ali")
    Candidate.objects.filter(pk=earlier.pk).update(name="BLOGGS: Muhammad Hassan")


@pytest.mark.parametrize(
    "differ",
    [
        the_twin,
        a_twin_of_two_names,
        no_login_there,
        no_access_there,
        another_person,
        nobody_knows_when_born,
        no_uci,
        another_uci,
    ],
)
def test_a_series_without_a_login_or_of_another_person_is_not_shown(world, earlier, clock, differ):
    clock.move_to(AFTER)
    assert "0510" in page(signed_in(world.candidate))

    differ(earlier)

    assert "0510" not in page(signed_in(world.candidate))


def test_another_surname_and_spelling_is_still_the_same_person(world, earlier, clock):
    clock.move_to(AFTER)
    Candidate.objects.filter(pk=earlier.pk).update(name="SMITH-BLOGGS: Fréd James")
    Candidate.objects.filter(pk=world.candidate.pk).update(name="BLOGGS: Fred")

    assert "0510" in page(signed_in(world.candidate))


def test_of_two_of_one_series_who_do_not_agree_with_each_other_neither_is_shown(
    world, earlier, clock
):
    clock.move_to(AFTER)
    other = make_candidate(
        world.stranger_centre, earlier.series, "0118", name="BLOGGS: Fred Al", grades={"0510": "A"}
    )
    Candidate.objects.filter(pk=other.pk).update(uci=UCI, date_of_birth=BORN)
    Candidate.objects.filter(pk=earlier.pk).update(name="BLOGGS: Fred Bob")
    make_login(other)

    assert "0510" not in page(signed_in(world.candidate))


def test_a_result_seen_in_another_series_counts_as_seen_there(world, earlier, clock):
    clock.move_to(AFTER)
    page(signed_in(world.candidate))

    assert Credentials.objects.live().get(candidate=earlier).results_first_seen_at == AFTER


def test_several_series_take_two_more_queries_and_one_takes_none(
    world, earlier, clock, django_assert_num_queries
):
    clock.move_to(AFTER)
    alone, both = signed_in(world.associate_candidate), signed_in(world.candidate)
    page(alone), page(both)

    with django_assert_num_queries(ONE_PAGE):
        page(alone)
    with django_assert_num_queries(ONE_PAGE + 2):
        page(both)


def test_a_release_that_is_moved_moves_the_countdown(world):
    client = signed_in(world.candidate)
    Release.objects.filter(series=world.series).update(candidates_at=IGCSE_RELEASE + HOUR)

    html = page(client)
    assert html.count("13 August 2026, 13:00") == 1 and html.count("13 August, 13:00") == 3
