"""Rule 18: before the release, two databases that differ only in grades look the same from outside.

After a release that is by qualification, only what is released may tell them apart.
"""

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from centres.models import Release
from credentials.models import Credentials
from results import candidate_site
from results.corrections import Correction, correct
from results.models import Result
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    make_batch,
    make_login,
)
from tests.results.signed_in import log_in
from tests.test_sweeps import BOARD_NAMES, PAGES, address, board_address

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
    "/results/?language=es",
]


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


# --- How two databases differ: each is given the results that nobody may know yet -----------------


def no_results(world, hidden):
    hidden.delete()


def other_grades(world, hidden):
    hidden.update(grade="UNGRADED", pum=None)


def with_a_pum(world, hidden):
    hidden.update(pum=100)


def corrected(world, hidden):
    corrections = [Correction(result, "E", 3) for result in hidden]
    correct(corrections, by=world.board, reason="Review of marking", at=BEFORE)


def some_held(world, hidden):
    hidden.filter(entry__syllabus__code="0580").update(held=True)


def in_every_way(world, hidden):
    with_a_pum(world, hidden)
    corrected(world, hidden)
    some_held(world, hidden)


DIFFERENCES = [no_results, other_grades, with_a_pum, corrected, some_held]


def results(*qualifications):
    return Result.objects.filter(entry__syllabus__qualification__name__in=qualifications)


# --- All that comes back ------------------------------------------------------------------------


class Site:
    """Whoever may be outside, and whatever they can ask. One browser for all: it is dear to make."""

    def __init__(self, world):
        self.world, self.browser = world, Client()
        username, password, credentials = make_login(world.candidate)
        self.login = username, password
        world.letter_file = credentials.letter_file
        world.letter_batch = make_batch(world.main, world.series, world.letter_file)
        self.own = world.own_page = log_in(self.browser, *self.login).url
        self.cookies = {"a stranger": {}, "a candidate": dict(self.browser.cookies)}
        self.addresses = [
            *(address(name, world) for name in PAGES),
            *(board_address(name, world) for name in BOARD_NAMES),
            *NOWHERE,
            self.own,
            f"{self.own}?candidate=0002",
        ]

    def everything(self):
        """Everybody, every method, every address -> what comes back."""
        return {
            (who, method, where): self.asked(cookies, method, where)
            for who, cookies in self.cookies.items()
            for where in self.addresses
            for method in METHODS + (OTHERS if where.startswith("/results/") else [])
        } | {(who, "POST", f"what was refused, {why}"): one for who, why, one in self.refused()}

    def refused(self):
        """What is answered with an error before any page is reached."""
        for who, cookies in self.cookies.items():
            for where in ("/results/", "/results/log-out/", self.own):
                for why in ({"Host": "elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
                    yield who, f"{where} {why}", self.asked(cookies, "POST", where, why)

    def asked(self, cookies, method, where, headers=None):
        """Status, headers, bytes, cookies and the number of queries; and nothing was written."""
        self.browser.cookies.clear()
        self.browser.cookies.update(cookies)
        with transaction.atomic():
            with CaptureQueriesContext(connection) as queries:
                response = self.browser.generic(method, where, headers=headers)
            transaction.set_rollback(True)
        return facts(response, len(queries))

    def visit(self):
        """One visit after another, as it is made: a wrong login, the right one, looking, going."""
        Credentials.objects.update(visits_ended=0)  # as the cookie tells of the visit before
        self.browser.cookies.clear()
        own = ""

        def seen(ask):
            nonlocal own
            with CaptureQueriesContext(connection) as queries:
                response = ask()
            if response.status_code == 303 and not own:
                own = response.url
            return masked(facts(response, len(queries)), own)

        return [
            seen(lambda: self.browser.get("/results/")),
            seen(lambda: log_in(self.browser, self.login[0], "wrong")),
            seen(lambda: log_in(self.browser, *self.login)),
            seen(lambda: self.browser.get(own)),
            seen(lambda: self.browser.head(own)),
            seen(lambda: self.browser.get("/results/")),
            seen(lambda: self.browser.post("/results/log-out/")),
            seen(lambda: self.browser.get(own)),
        ]


def facts(response, queries):
    """But for the token against forged requests, on staff's pages, which is new each time."""
    content = re.sub(rb'(name="csrfmiddlewaretoken" value=)"\w+"', rb"\1", response.content)
    cookies = {
        name: "new each time" if name == "csrftoken" else cookie.OutputString()
        for name, cookie in response.cookies.items()
    }
    return response.status_code, dict(response.headers), content, cookies, queries


def masked(seen, own):
    """But for what is drawn by lot for a visit: the address of its page, and its cookie, of which
    the length is left."""
    status, headers, content, cookies, queries = seen
    if own:
        headers = {name: value.replace(own, "OWN PAGE") for name, value in headers.items()}
        content = content.replace(own.encode(), b"OWN PAGE")
    return status, headers, content, {name: len(text) for name, text in cookies.items()}, queries


def where_differ(one, other):
    """Where two sweeps differ."""
    return {asked for asked in one if one[asked] != other[asked]}


def sweeps(world, site, hidden):
    """One sweep of the database as it is, and one of each that differs from it."""
    site.everything()  # whatever is remembered in the process is remembered from now on
    yield site.everything()
    for differ in (no_results, in_every_way):
        with transaction.atomic():
            differ(world, hidden)
            yield site.everything()
            transaction.set_rollback(True)


# --- Before the release -------------------------------------------------------------------------


def test_before_the_release_no_address_tells_grades_apart_to_anybody_outside(world):
    Release.objects.update(candidates_at=IGCSE_RELEASE)
    with time_machine.travel(IGCSE_RELEASE - TICK, tick=False):
        site = Site(world)
        one, *others = sweeps(world, site, Result.objects.all())

    for other in others:
        assert where_differ(one, other) == set()
    assert {status for status, *_ in one.values()} >= {200, 302, 303, 400, 403, 404, 405}
    assert b"Results to be released" in one["a candidate", "GET", site.own][2]


@pytest.mark.parametrize("differ", DIFFERENCES)
@pytest.mark.parametrize("at", [BEFORE, IGCSE_RELEASE - TICK])
def test_before_the_release_a_whole_visit_is_the_same(world, differ, at):
    Release.objects.update(candidates_at=IGCSE_RELEASE)
    with time_machine.travel(at, tick=False):
        site = Site(world)
        site.visit()  # the first visit alone notes that there was one
        one = site.visit()
        differ(world, Result.objects.all())
        other = site.visit()

    assert one == other
    assert b"Results to be released" in one[3][2]


# --- After one -----------------------------------------------------------------------------------


@pytest.mark.parametrize("differ", DIFFERENCES)
def test_from_the_release_on_they_differ(world, differ):
    """So that the tests above compare something."""
    Release.objects.update(candidates_at=IGCSE_RELEASE)
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        site = Site(world)
        site.visit()
        one = site.visit()
        differ(world, Result.objects.all())
        other = site.visit()

    assert one[3] != other[3]


def test_after_a_release_by_qualification_only_the_released_lines_can_differ(world):
    with time_machine.travel(A_LEVEL_RELEASE + HOUR, tick=False):
        site = Site(world)
        one, *others = sweeps(world, site, results(IGCSE))
        other_grades(world, results(A_LEVEL, IGCSE))
        released_too = site.everything()

    for other in others:
        assert where_differ(one, other) == set()
    differ = where_differ(one, released_too)
    assert {(who, where.partition("?")[0]) for who, _, where in differ} == {
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


def test_the_candidate_site_reads_no_result_but_through_the_gate():
    for file in Path(candidate_site.__file__).parent.glob("*.py"):
        imported = {
            node.module
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom)
        }
        assert "results.models" not in imported, file.name
