"""A candidate's line is never blank, nor without a way on; and nothing tells a hold from a missing result."""

import re

import pytest
import time_machine
from django.test import Client

from centres.models import Release
from results.hold_levels import HOLD_LEVELS
from results.models import Result
from tests.builders import A_LEVEL, AFTER, BEFORE, erase, held_of, hold
from tests.results.signed_in import ask, signed_in

LATER = "Look here again later. If it does not come, ask your contact below."
NO_TIME = "The time is not known yet. Look here again later, or ask your contact below."


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


@pytest.fixture
def late():
    with time_machine.travel(AFTER, tick=False) as clock:
        yield clock


def page(client: Client) -> str:
    return ask(client).content.decode()


def row(html: str, code: str) -> str:
    return next(one for one in re.split("<tr>|</tbody>", html) if code in one)


def without(candidate, *codes: str) -> None:
    erase(Result.objects.filter(entry__candidate=candidate, entry__syllabus__code__in=codes))


def test_a_result_that_did_not_come_with_its_release_says_so_and_whom_to_ask(world, late):
    without(world.candidate, "0580")

    html = page(signed_in(world.candidate))

    assert "Not available yet" in row(html, "0580") and LATER in row(html, "0580")
    assert "to be released" not in html
    assert "B(b)" in row(html, "9702")
    assert "Exams Office" in html


def test_where_none_has_come_the_top_of_the_page_says_so_too(world, late):
    without(world.candidate, "0580", "9702", "0610")

    html = page(signed_in(world.candidate))

    assert "<title>Your results" in html
    assert "Results not available yet</h2>" in html
    assert "If they do not come, ask your contact below." in html
    assert "to be released" not in html


def test_a_qualification_without_a_time_says_that_there_is_none_yet(world, late):
    erase(Result.objects.all())
    Release.objects.filter(qualification__name=A_LEVEL).delete()

    html = page(signed_in(world.candidate))

    assert "Results to be released" in row(html, "9702") and NO_TIME in row(html, "9702")
    assert "Not available yet" in row(html, "0580")


def test_before_the_release_it_is_not_late_whether_there_is_a_result_or_not(world):
    without(world.candidate, "0580")

    with time_machine.travel(BEFORE, tick=False):
        html = page(signed_in(world.candidate))

    assert "Not available yet" not in html and "Results not available yet" not in html
    assert html.count(NO_TIME) == 0


@pytest.mark.parametrize("level", HOLD_LEVELS)
def test_what_is_held_before_a_first_sight_and_what_is_missing_are_the_same_bytes(
    world, late, level
):
    visit = signed_in(world.candidate)
    erase(Result.objects.all())
    missing = page(visit)

    for entry in world.candidate.entries.filter(syllabus__code="0580"):
        Result.objects.create(entry=entry, grade="A")
    hold(**held_of(world.candidate, "0580")[level])
    held = page(visit)

    assert held == missing
    assert "Not available yet" in row(held, "0580")
