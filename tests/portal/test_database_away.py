"""While the database is away: a calm page that says so, nothing half-made, and afterwards all works."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test import Client

from centres.models import AuditEvent, Candidate
from credentials.models import LetterFile
from tests.asked import counted_on
from tests.builders import World, make_login

CENTRE = "/candidate-results/2026-06/MAIN1/"
CREATE = CENTRE + "credentials/create/"


@pytest.fixture
def officer(transactional_db) -> Client:
    world = World()
    world.open_all()
    client = Client(raise_request_exception=False)
    client.force_login(world.officer)
    return client


@pytest.fixture
def away() -> Callable[[], AbstractContextManager]:
    """Within the block the database cannot be reached: it has another name."""

    @contextmanager
    def away() -> Iterator[None]:
        name = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = "/there/is/none"
        try:
            yield
        finally:
            connection.settings_dict["NAME"] = name

    return away


@pytest.mark.parametrize("page", ["/", CENTRE, "/health/"])
def test_a_page_says_that_the_service_is_away_and_when_to_come_back(officer, away, page):
    with away():
        answer = officer.get(page)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "no-store" in answer["Cache-Control"]
    html = answer.content.decode()
    assert "The service is away for the moment" in html
    assert "Traceback" not in html and "/there/is/none" not in html
    assert officer.get(page).status_code in (200, 302)


def test_a_candidate_who_signs_in_is_told_so_and_gets_in_afterwards(officer, away):
    username, password, _ = make_login(Candidate.objects.get(centre__number="MAIN1"))
    candidate = Client(raise_request_exception=False)
    with away():
        assert candidate.get("/results/").status_code == 200
        answer = candidate.post("/results/", {"username": username, "password": password})

    assert answer.status_code == 503
    html = answer.content.decode()
    assert "Something went wrong at our end" in html and f'value="{username}"' in html
    answer = candidate.post("/results/", {"username": username, "password": password})
    assert answer.url.startswith("/results/mine/")


def test_create_makes_nothing_while_the_database_is_away_and_works_when_it_is_back(officer, away):
    asked = {"counted": counted_on(officer.post(CREATE))}
    with away():
        answer = officer.post(CREATE, asked)

    assert answer.status_code == 503
    assert not LetterFile.objects.exists()
    assert not AuditEvent.objects.filter(action="credentials_requested").exists()
    assert officer.post(CREATE, asked).status_code == 302
    assert LetterFile.objects.get().state == "queued"
