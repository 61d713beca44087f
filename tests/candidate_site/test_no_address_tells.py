"""Rule 18 at every address of the site: nothing tells a grade that nobody may know yet.

Two databases that differ only in such grades are asked for every address of the URL configuration, and
some that do not exist, by every method, by a candidate and by a stranger; and for the pages of *View
entries and results*, with whatever can be asked of them, by staff before their own instant. Status, headers,
bytes, cookies and the number of queries are the same. A whole visit is compared in test_no_grade_leaves.py.
"""

import datetime as dt
import random
import re
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from centres.models import Release
from results.components import Component
from results.corrections import Correction, correct
from results.models import Result
from tests.asked import but_for_its_id
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    erase,
    held_of,
    hold,
    make_candidate,
    make_login,
    trust,
)
from tests.results.signed_in import log_in
from tests.sweeps import PAGES
from tests.sweeps.made import make_objects
from tests.test_sweeps import BOARD_NAMES, address, board_address

TICK = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
METHODS = "GET HEAD POST".split()
OTHERS = "PUT OPTIONS".split()  # on the candidate site, where all is of our own making
NOWHERE = [
    "/nothing/",
    "/static/nothing.css",
    "/results/nothing/",
    "/results/mine",
    "/results/mine/0001/",
    "/results/?log-in",
    "/results/?signed-out",
    "/results/?logged-out",
    "/results/?language=es",
]


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


# --- How two databases differ: by the results that nobody may know yet ----------------------------


def no_results(world, hidden):
    erase(hidden)


def other_results(world, hidden):
    """Other grades, with a PUM, as after a correction, and one that is held."""
    hidden.update(grade="UNGRADED", pum=100)
    corrections = [Correction(result, "E", 3) for result in hidden]
    correct(corrections, by=world.board, reason="Review of marking", at=BEFORE)
    hidden.update(components=(Component("12", "65", "66", "E"),))
    hold(**held_of(world.candidate, "0580")["entry"])


def results(*qualifications):
    return Result.objects.filter(entry__syllabus__qualification__name__in=qualifications)


# --- All that comes back ------------------------------------------------------------------------


class Site:
    """Whoever may be outside, and whatever they can ask. One browser for all: it is dear to make."""

    def __init__(self, world):
        self.world, self.browser = world, Client()
        username, password, credentials = make_login(world.candidate)
        self.login = username, password
        make_objects(world, credentials.letter_file)
        self.own = world.own_page = log_in(self.browser, *self.login).url
        self.cookies = {"a stranger": {}, "a candidate": dict(self.browser.cookies)}
        self.addresses = [
            *(address(name, world) for name in PAGES),
            *(board_address(name, world) for name in BOARD_NAMES),
            *NOWHERE,
            f"{self.own}?candidate=0002",
        ]

    def everything(self):
        """Everybody, every method, every address, and forms filled in -> what comes back."""
        return {
            (who, *asking): self.asked(cookies, *asking)
            for who, cookies in self.cookies.items()
            for asking in (*self.plain(), *self.filled_in(), *self.refused())
        }

    def plain(self):
        for where in self.addresses:
            for method in METHODS + (OTHERS if where.startswith("/results/") else []):
                yield method, where

    def filled_in(self):
        for password in (self.login[1], "wrong", "AAAA-AAAA-AAAA-AAAA"):
            yield "POST", "/results/", urlencode({"username": self.login[0], "password": password})

    def refused(self):
        """What is answered before any page is reached."""
        for where in ("/results/", "/results/mine/", "/results/log-out/", self.own):
            yield "POST", where, "", ("Host", "elsewhere.example")
            yield "POST", where, "", ("Sec-Fetch-Site", "cross-site")

    def asked(self, cookies, method, where, posted="", header=None):
        """Status, headers, bytes, cookies and the number of queries; and nothing was written."""
        self.browser.cookies.clear()
        self.browser.cookies.update(cookies)
        form = "application/x-www-form-urlencoded"
        headers = dict([header] if header else [])
        random.seed(1)  # what is drawn by lot, such as when to come back, is drawn alike
        with transaction.atomic():
            with CaptureQueriesContext(connection) as queries:
                response = self.browser.generic(method, where, posted, form, headers=headers)
            transaction.set_rollback(True)
        return facts(response, len(queries))


def facts(response, queries):
    """But for the token against forged requests, on staff's pages, which is new each time."""
    content = re.sub(rb'(name="csrfmiddlewaretoken" value=)"\w+"', rb"\1", response.getvalue())
    cookies = {
        name: "new each time" if name == "csrftoken" else cookie.OutputString()
        for name, cookie in response.cookies.items()
    }
    return response.status_code, but_for_its_id(response), content, cookies, queries


def where_differ(one, other):
    """Where two sweeps differ."""
    return {asked for asked in one if one[asked] != other[asked]}


def sweeps(world, site, hidden):
    """One sweep of the database as it is, and one of each that differs from it."""
    site.everything()  # whatever is remembered in the process is remembered from now on
    yield site.everything()
    for differ in (no_results, other_results):
        with transaction.atomic():
            differ(world, hidden)
            yield site.everything()
            transaction.set_rollback(True)


# --- Before the release, and after one of two -------------------------------------------------------


def test_before_the_release_no_address_tells_grades_apart_to_anybody_outside(world):
    Release.objects.update(candidates_at=IGCSE_RELEASE)
    with time_machine.travel(IGCSE_RELEASE - TICK, tick=False):
        site = Site(world)
        one, *others = sweeps(world, site, Result.objects.all())

    for other in others:
        assert where_differ(one, other) == set()
    assert {status for status, *_ in one.values()} >= {200, 302, 303, 400, 403, 404, 405}
    assert b"Results to be released" in one["a candidate", "GET", site.own][2]


def test_after_a_release_by_qualification_only_the_released_lines_can_differ(world):
    with time_machine.travel(A_LEVEL_RELEASE + HOUR, tick=False):
        site = Site(world)
        one, *others = sweeps(world, site, results(IGCSE))
        results(A_LEVEL, IGCSE).update(grade="UNGRADED")
        released_too = site.everything()

    for other in others:
        assert where_differ(one, other) == set()
    differ = where_differ(one, released_too)
    assert {(who, where.partition("?")[0]) for who, _, where, *_ in differ} == {
        ("a candidate", site.own)
    }
    before, after = (
        lines(sweep["a candidate", "GET", site.own][2]) for sweep in (one, released_too)
    )
    assert [code for code in before if before[code] != after[code]] == ["9702"]


def lines(page):
    """Code of the syllabus -> its line of the table."""
    rows = page.decode().split("<tr")[2:]
    return {re.search(r"\b\d{4}\b", row)[0]: row.partition("</tr>")[0] for row in rows}


# --- Staff, before their own instant ----------------------------------------------------------------

ENTRIES = "/entries-and-results/2026-06/MAIN1/"
PAGES_OF_ENTRIES = [
    *(f"{ENTRIES}?outcome={one}" for one in ("A", "B", "C", "E", "Q", "UNGRADED", "awaited")),
    *(f"{ENTRIES}?sort={one}" for one in ("outcome", "-outcome", "-name")),
    f"{ENTRIES}?qualification=cambridge-igcse&outcome=A&sort=outcome",
    f"{ENTRIES}?syllabus=0580&option=AX&sort=-outcome",
    f"{ENTRIES}?outcome=E&sort=outcome&page=2",
    f"{ENTRIES}candidates/",
    f"{ENTRIES}?compare=associates",
    f"{ENTRIES}candidates/?sort=-name",
    f"{ENTRIES}candidates/0001/",
    f"{ENTRIES}candidates/0002/",
    f"{ENTRIES}candidates/9999/",
    f"{ENTRIES}associates/",
    f"{ENTRIES}associates/?syllabus=0580&sort=-entries",
    f"{ENTRIES}download/",
    f"{ENTRIES}download/broadsheet/xlsx/?pum=on",
    f"{ENTRIES}download/listing/csv/?pum=on",
    f"{ENTRIES}changes/",
    f"{ENTRIES}changes/csv/",
]
"""Of *View entries and results*, with whatever can be asked of it that could tell a grade."""


class Staff:
    """An officer who may see results in confidence, and a viewer who may not."""

    def __init__(self, world):
        self.browsers = {"officer": Client(), "viewer": Client()}
        for who, browser in self.browsers.items():
            browser.force_login(getattr(world, who))

    def everything(self):
        return {
            (who, where): self.asked(browser, where)
            for who, browser in self.browsers.items()
            for where in PAGES_OF_ENTRIES
        }

    def asked(self, browser, where):
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(where)
        return facts(response, len(queries))


@pytest.fixture
def confided(world):
    """IGCSE is shown to staff in confidence a day before candidates; the A Level was released before."""
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)
    make_candidate(world.main, world.series, "0002", grades={"0580": "C", "9702": "A"})
    return Staff(world)


def test_before_staffs_instant_nothing_that_can_be_asked_tells_grades_apart(world, confided):
    with time_machine.travel(STAFF_AT - TICK, tick=False):
        one, *others = sweeps(world, confided, results(IGCSE))

    for other in others:
        assert where_differ(one, other) == set()
    assert {status for status, *_ in one.values()} == {200, 404}
    assert b"B(b)" in one["viewer", f"{ENTRIES}?outcome=B"][2]  # the A Level's
    assert b"Results to be released" in one["officer", f"{ENTRIES}?outcome=awaited"][2]


def test_from_then_they_differ_for_those_alone_who_may_see_them(world, confided):
    with time_machine.travel(STAFF_AT, tick=False):
        confided.everything()  # a browser is told once that its pages are its own (a cookie)
        one = confided.everything()
        other_results(world, results(IGCSE))
        corrections = [Correction(result, "F", None) for result in results(IGCSE)]
        correct(corrections, by=world.board, reason="Marked again", at=STAFF_AT)
        differ = where_differ(one, confided.everything())

    assert {who for who, _ in differ} == {"officer"}
    assert {*PAGES_OF_ENTRIES} - {where for _, where in differ} <= {
        f"{ENTRIES}{where}" for where in ("candidates/9999/", "download/")
    }
