"""What no browser may translate on staff's pages of results: grades, names, numbers and codes (`tests.candidate_site`
has the candidates' own)."""

import re

import pytest
import time_machine
from django.test import Client

from results.corrections import Correction, correct
from results.models import Result
from tests.builders import AFTER, make_candidate
from tests.candidate_site.test_kept_as_it_is import Texts

HERE = "/entries-and-results/2026-06/MAIN1/"
NAME, NUMBER, CODE, GRADE = "MAY: Rose", "0042", "0580", "D(d)"


@pytest.fixture
def officer(world) -> Client:
    made = make_candidate(world.main, world.series, NUMBER, name=NAME, grades={CODE: "E"})
    result = Result.objects.get(entry__candidate=made)
    correct([Correction(result, "D", None)], by="board", reason="Review of marking", at=AFTER)
    client = Client()
    client.force_login(world.officer)
    return client


@pytest.mark.parametrize(
    "path",
    ["candidates/", "", f"candidates/{NUMBER}/", "changes/?since=2026-08-14"],
)
def test_what_is_to_be_kept_stands_where_no_browser_translates(officer, path):
    with time_machine.travel(AFTER, tick=False):
        response = officer.get(HERE + path)
    assert response.status_code == 200
    html = response.content.decode().partition("<main")[2]
    texts = Texts(re.sub(r"(?s)<caption.*?</caption>|<nav.*?</nav>", "", html))

    for word in (NAME, GRADE):
        assert any(word in text for text in texts.kept), word
        assert not any(word in text for text in texts.read), word
