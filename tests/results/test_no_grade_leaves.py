"""Rule 18: before the release, two databases that differ only in grades look the same from outside."""

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import results
from centres.models import Release
from credentials.models import Credentials
from results.corrections import Correction, correct
from results.hold_levels import HOLD_LEVELS
from results.holds import covered
from results.models import Hold, Result
from tests.asked import but_for_its_id
from tests.builders import (
    BEFORE,
    IGCSE_RELEASE,
    STAFF_AT,
    erase,
    held_of,
    hold,
    let_go,
    make_login,
    restrict,
    trust,
)
from tests.results.signed_in import ask, log_in

TICK = dt.timedelta(microseconds=1)
ROOM = Path(results.__file__).parent
FOLDERS = {"staff_site", "exports", "changes", "missing"}  # its folders with pages
SITES = {
    **{name: ROOM / name for name in FOLDERS},
    "candidate_site": ROOM.parent / "candidate_site",
}


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()
    Release.objects.update(candidates_at=IGCSE_RELEASE)


def no_results(world):
    erase(Result.objects.all())


def other_grades(world):
    Result.objects.update(grade="UNGRADED", pum=None)


def corrected(world):
    corrections = [Correction(result, "E", 3) for result in Result.objects.all()]
    correct(corrections, by=world.board, reason="Review of marking", at=BEFORE)


def held(what):
    def differ(world):
        hold(**held_of(world.candidate, "0580")[what])

    return differ


HELD_AT_EACH_LEVEL = [held(what) for what in HOLD_LEVELS]


def came_late(world):
    Result.objects.update(added_at=IGCSE_RELEASE + TICK)


def let_go_late(world):
    let_go(hold(series=world.series), at=IGCSE_RELEASE + TICK)


DIFFERENT = [no_results, other_grades, corrected, *HELD_AT_EACH_LEVEL]
DIFFERENT_TO_STAFF = [*DIFFERENT, came_late, let_go_late]
LOOKED_AT = ("changes/", "changes/csv/", "candidates/0001/", "?compare=associates")


def visit(login) -> list:
    """Everything that a candidate can do, and all that comes back: bytes, headers, how many queries."""
    client = Client()
    username, password = login
    Credentials.objects.update(visits_ended=0)  # as the cookie tells of the visit before

    def seen(ask):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = ask()
        return (
            response.status_code,
            but_for_its_id(response),
            response.content,
            response.cookies.output(),
            len(queries),
        )

    return [
        seen(lambda: client.get("/results/")),
        seen(lambda: log_in(client, username, "wrong")),
        seen(lambda: log_in(client, username, password)),
        seen(lambda: ask(client)),
        seen(lambda: client.head(client.own_page)),
        seen(lambda: client.get("/results/")),
        seen(lambda: client.post("/results/log-out/")),
        seen(lambda: ask(client)),
    ]


@pytest.mark.parametrize("differ", DIFFERENT)
@pytest.mark.parametrize("at", [BEFORE, IGCSE_RELEASE - TICK])
def test_two_databases_that_differ_only_in_grades_give_the_same_until_the_release(
    world, differ, at
):
    login = make_login(world.candidate)[:2]
    with time_machine.travel(at, tick=False):
        visit(login)  # the first visit alone notes that there was one
        one = visit(login)
        differ(world)
        other = visit(login)

    assert one == other
    assert b"Results to be released" in one[3][2]


@pytest.mark.parametrize("differ", DIFFERENT)
def test_and_they_differ_from_then_on(world, differ):
    """So that the test above compares something."""
    login = make_login(world.candidate)[:2]
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        visit(login)
        one = visit(login)
        differ(world)
        other = visit(login)

    assert one[3] != other[3]


@pytest.mark.parametrize("differ", HELD_AT_EACH_LEVEL)
def test_held_looks_to_the_byte_as_if_there_were_no_result_yet(world, differ):
    login = make_login(world.candidate)[:2]
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        visit(login)
        differ(world)
        one = visit(login)
        erase(Result.objects.filter(entry__in=covered(Hold.objects.get())))
        other = visit(login)

    assert one == other


def look(user) -> list:
    """What a member of staff gets of *View entries and results*: bytes but for the token, headers,
    how many queries."""
    client = Client()
    client.force_login(user)
    seen = []
    for path in (
        *("", "2026-06/MAIN1/", "2026-06/ASC01/", "2026-06/OTH01/"),
        *(f"2026-06/MAIN1/{one}" for one in LOOKED_AT),
    ):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/entries-and-results/{path}")
            content = answer.getvalue()
        content = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)
        seen.append((answer.status_code, but_for_its_id(answer), content, len(queries)))
    return seen


@pytest.mark.parametrize("differ", DIFFERENT_TO_STAFF)
@pytest.mark.parametrize(
    ("user", "at"),
    [
        ("officer", STAFF_AT - TICK),
        ("viewer", STAFF_AT),  # without the right
        ("viewer", IGCSE_RELEASE - TICK),
        ("stranger", STAFF_AT),
    ],
)
def test_two_databases_look_the_same_to_staff_until_their_own_instant(world, differ, user, at):
    trust(world.officer)
    restrict()
    with time_machine.travel(at, tick=False):
        look(getattr(world, user))
        one = look(getattr(world, user))
        differ(world)
        other = look(getattr(world, user))

    assert one == other
    assert any(b"Results to be released" in content for _, _, content, _ in one)


@pytest.mark.parametrize("differ", DIFFERENT_TO_STAFF)
@pytest.mark.parametrize(
    ("user", "at"), [("officer", STAFF_AT), ("viewer", IGCSE_RELEASE), ("officer", IGCSE_RELEASE)]
)
def test_and_differ_from_then_on(world, differ, user, at):
    trust(world.officer)
    restrict()
    with time_machine.travel(at, tick=False):
        one = look(getattr(world, user))
        differ(world)
        other = look(getattr(world, user))

    assert one[1] != other[1] or one[4] != other[4]


def test_the_folders_with_pages_are_those_that_are_looked_at_below():
    """So that none is left out, and none is looked for where it no longer is."""
    assert {file.parent.name for file in ROOM.glob("*/urls.py")} == FOLDERS


@pytest.mark.parametrize("site", sorted(SITES))
def test_no_page_reads_a_result_but_through_its_gate(site):
    files = [*SITES[site].rglob("*.py")]
    assert any(file.name == "views.py" or file.parent.name == "views" for file in files), site
    for file in files:
        imported = {
            f"{node.module}.{one.name}"
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        past = {"results.models", "results.models.Result", "results.models.ResultChange"}
        assert imported.isdisjoint(past), file.name
        assert "result__" not in file.read_text(), f"{file.name} asks for a result past its gate"
