"""Rules 18 and 19: what was seen and is held since reads that it cannot be shown at present, and whom to ask.

Before a first sight nothing tells what is held from what is not there: neither words nor bytes.
"""

import re

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from credentials.models import Credentials
from results.models import Result
from tests.builders import (
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE_RELEASE,
    erase,
    held_of,
    hold,
    let_go,
    make_candidate,
    make_login,
)
from tests.candidate_site.test_candidate_page import HOUR, row
from tests.results.signed_in import ask, log_in, signed_in

CODES = [code for code, _ in settings.LANGUAGES]
WITHDRAWN = "This result cannot be shown at present. Ask your contact below: they can ask for you."
NOT_YET = "Not available yet"
AWAITED = "Results to be released"


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER, tick=False) as clock:
        yield clock


def page(client, query: str = "") -> str:
    response = ask(client, query)
    assert response.status_code == 200
    return response.content.decode()


def again(login: tuple[str, str]) -> str:
    """The page at another visit."""
    client = Client()
    assert log_in(client, *login).status_code == 303
    return page(client)


@pytest.mark.parametrize("level", ["series", "qualification", "centre", "candidate", "entry"])
def test_what_is_held_after_it_was_seen_cannot_be_shown_at_present(world, clock, level):
    client = signed_in(world.candidate)
    assert "A(a)" in row(page(client), "0580")
    clock.shift(0.1 * HOUR)
    hold(**held_of(world.candidate, "0580")[level])

    line = row(page(client), "0580")
    assert WITHDRAWN in line and "A(a)" not in line
    assert NOT_YET not in line and AWAITED not in line


def test_the_page_above_does_not_say_that_it_was_never_released(world, clock):
    client = signed_in(world.candidate)
    page(client)
    hold(series=world.series)
    html = page(client)

    assert html.count(WITHDRAWN) == 3
    for said in ("released", "Not available yet", "not available"):
        assert said not in re.sub("<[^>]+>", "", html)
    assert "Exams Office" in html


def test_it_stays_so_at_each_visit_with_each_letter_until_the_hold_is_let_go(world, clock):
    username, password, _ = make_login(world.candidate)
    again((username, password))
    held = hold(**held_of(world.candidate, "0580")["entry"])
    for _ in range(3):
        clock.shift(HOUR)
        html = again((username, password))
        assert WITHDRAWN in row(html, "0580") and "B(b)" in row(html, "9702")

    newer = make_login(world.candidate)[:2]
    assert WITHDRAWN in row(again(newer), "0580")
    let_go(held)
    assert "A(a)" in row(again(newer), "0580")


def test_what_came_in_the_midst_of_a_visit_was_seen_too(world, clock, settings):
    settings.CANDIDATE_IDLE = settings.CANDIDATE_SESSION = 100 * HOUR
    clock.move_to(A_LEVEL_RELEASE)
    client = signed_in(world.candidate)
    assert AWAITED in row(page(client), "0580") and "B(b)" in row(page(client), "9702")
    clock.move_to(IGCSE_RELEASE)
    assert "A(a)" in row(page(client), "0580")
    hold(**held_of(world.candidate, "0580")["entry"])

    assert WITHDRAWN in row(page(client), "0580")


def test_what_was_added_after_the_first_sight_and_held_at_once_was_not_seen(world, clock):
    erase(Result.objects.filter(entry__candidate=world.candidate, entry__syllabus__code="0580"))
    client = signed_in(world.candidate)
    assert NOT_YET in row(page(client), "0580")
    hold(**held_of(world.candidate, "0580")["entry"])
    entry = world.candidate.entries.get(syllabus__code="0580")
    Result.objects.create(entry=entry, grade="A", added_at=AFTER)

    assert NOT_YET in row(page(client), "0580")
    assert WITHDRAWN not in page(client)


def test_what_another_saw_was_not_seen_by_this_candidate(world, clock):
    twin = make_candidate(world.main, world.series, "0002", grades={"0580": "A"})
    page(signed_in(world.candidate))
    hold(series=world.series)

    assert WITHDRAWN not in page(signed_in(twin))


@pytest.mark.parametrize("sees_another", [False, True])
def test_before_a_first_sight_held_and_missing_are_the_same_bytes(world, sees_another):
    """In queries, too, and whether something else of the same candidate was seen or not."""
    answers = []
    for number, held in (("0011", True), ("0012", False)):
        grades = {"0580": "A", "0610": "C"} if sees_another else {"0580": "A"}
        candidate = make_candidate(
            world.main, world.series, number, name="SAME: Name", grades=grades
        )
        if held:
            hold(**held_of(candidate, "0580")["entry"])
        else:
            erase(Result.objects.filter(entry__candidate=candidate, entry__syllabus__code="0580"))
        client = signed_in(candidate)
        page(client)
        answers.append(page(client).replace(number, "").replace(client.own_page, ""))

    assert answers[0] == answers[1] and NOT_YET in answers[0]


def test_it_costs_no_query_more(world, django_assert_num_queries):
    client = signed_in(world.candidate)
    with CaptureQueriesContext(connection) as first:
        page(client)
    hold(**held_of(world.candidate, "0580")["entry"])

    with django_assert_num_queries(len(first) - 1):  # the first one was noted
        page(client)


def test_a_sight_is_written_once_for_each_syllabus(world, clock):
    username, password, credentials = make_login(world.candidate)
    for _ in range(2):
        again((username, password))

    credentials.refresh_from_db()
    assert credentials.syllabuses_seen == ",0580,0610,9702"
    assert Credentials.objects.exclude(syllabuses_seen="").count() == 1


def test_nothing_is_noted_before_the_release(world, clock):
    clock.move_to(BEFORE)
    again(make_login(world.candidate)[:2])

    assert not Credentials.objects.exclude(syllabuses_seen="")


@pytest.mark.parametrize("code", CODES)
def test_it_is_said_in_each_language(world, code):
    client = signed_in(world.candidate)
    page(client)
    hold(**held_of(world.candidate, "0580")["entry"])
    with override(code):
        said = gettext(WITHDRAWN)

    assert said in row(page(client, f"?language={code}"), "0580")
    assert (said == WITHDRAWN) is (code == settings.LANGUAGE_CODE)
