"""Rule 18: before the release, two databases that differ only in grades look the same from outside."""

import ast
import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from centres.models import Release
from credentials.models import Credentials
from results import candidate_site
from results.corrections import Correction, correct
from results.models import Result
from tests.builders import BEFORE, IGCSE_RELEASE, make_login
from tests.results.signed_in import ask, log_in

TICK = dt.timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()
    Release.objects.update(candidates_at=IGCSE_RELEASE)


def no_results(world):
    Result.objects.all().delete()


def other_grades(world):
    Result.objects.update(grade="UNGRADED", pum=None)


def corrected(world):
    corrections = [Correction(result, "E", 3) for result in Result.objects.all()]
    correct(corrections, by=world.board, reason="Review of marking", at=BEFORE)


def some_held(world):
    Result.objects.filter(entry__syllabus__code="0580").update(held=True)


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
            dict(response.headers),
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


@pytest.mark.parametrize("differ", [no_results, other_grades, corrected, some_held])
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


@pytest.mark.parametrize("differ", [no_results, other_grades, corrected, some_held])
def test_and_they_differ_from_then_on(world, differ):
    """So that the test above compares something."""
    login = make_login(world.candidate)[:2]
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        visit(login)
        one = visit(login)
        differ(world)
        other = visit(login)

    assert one[3] != other[3]


def test_the_candidate_site_reads_no_result_but_through_the_gate():
    for file in Path(candidate_site.__file__).parent.glob("*.py"):
        imported = {
            node.module
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom)
        }
        assert "results.models" not in imported, file.name
