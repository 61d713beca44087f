"""The drill for the oracle in short: the answers compared, and a naive site caught."""

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from candidate_site import forms
from credentials.logins import authentication
from tests.drills.oracle import (
    T_AT_MOST,
    Tries,
    differing_answers,
    measure,
    naive,
    welch,
    welchs_t,
)

NEVER_BY_CHANCE = 8  # how much below it must stay, only the drill itself can tell, with many tries


@pytest.fixture(scope="module")
def application():
    return get_wsgi_application()


@pytest.fixture
def tries(db) -> Tries:
    return Tries(seed=1, each=30)


@pytest.fixture(autouse=True)
def _connection_stays():
    """At the end of a request gunicorn's site may close its connection: not that of a test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_whatever_is_wrong_with_a_login_it_is_refused_with_the_same_bytes(application, tries):
    assert differing_answers(application, tries) == []


def test_it_sees_a_login_that_is_refused_in_other_words(application, tries, monkeypatch):
    ended = {login.username for login in tries.ended}
    ours = authentication.opened_by

    def chatty(login):
        if login.username in ended:
            monkeypatch.setattr(forms, "NOT_RIGHT", "This login has ended.")
        return ours(login)

    monkeypatch.setattr(authentication, "opened_by", chatty)

    assert differing_answers(application, tries) == ["ended is answered differently."]


def test_no_kind_of_login_takes_longer_and_a_naive_site_is_caught(application, tries):
    ours = welch(measure(application, tries, 60)["processor"])
    with naive(tries):
        theirs = welch(measure(application, tries, 60)["processor"])

    assert max(map(abs, ours.values())) < NEVER_BY_CHANCE
    assert abs(theirs["wrong username", "wrong password"]) > NEVER_BY_CHANCE > T_AT_MOST
    assert abs(theirs["wrong username", "both wrong"]) < NEVER_BY_CHANCE


def test_welchs_t_is_what_the_textbook_says():
    one = [27, 22, 31, 24, 29, 26, 33, 25]
    other = [21, 19, 28, 18, 24, 20]

    assert welchs_t(one, other) == pytest.approx(2.727, abs=0.001)
