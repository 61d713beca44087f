"""While the database is away: a calm page that says so, nothing half-made, and afterwards all works."""

import html
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from centres.models import AuditEvent, Candidate
from credentials.models import LetterFile
from tests.asked import counted_on
from tests.builders import AFTER, World, make_login

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
    assert answer["Retry-After"] == answer["Refresh"] == "10"
    assert "no-store" in answer["Cache-Control"]
    said = answer.content.decode()
    assert "The service is not available at the moment" in said
    assert "Traceback" not in said and "/there/is/none" not in said
    assert officer.get(page).status_code in (200, 302)


def test_a_candidate_who_signs_in_is_told_so_and_gets_in_afterwards(officer, away):
    username, password, _ = make_login(Candidate.objects.get(centre__number="MAIN1"))
    candidate = Client(raise_request_exception=False)
    with away():
        assert candidate.get("/results/").status_code == 200
        answer = candidate.post("/results/", {"username": username, "password": password})

    assert answer.status_code == 503
    page = answer.content.decode()
    assert "Something went wrong at our end" in page
    assert f'value="{username}"' in page and f'value="{password}"' in page
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


STATUS = CENTRE + "status/edit/"
TYPED = {"status": "all", "agreed": "on", "contact_name": "Typed <b>", "delay": "1:30"}
TYPED["contact_email"] = "exams@main1.example"


def kept_on(answer) -> dict[str, str]:
    """What the form of this page posts again."""
    inputs = re.findall(r'name="([^"]*)" value="([^"]*)"', answer.content.decode())
    return {name: html.unescape(value) for name, value in inputs}


def test_what_was_typed_is_kept_on_the_page_and_sent_again_by_itself(officer, away):
    officer.get(STATUS)
    with away():
        answer = officer.post(STATUS, TYPED)

    page = answer.content.decode()
    assert answer.status_code == 503 and "Refresh" not in answer
    assert kept_on(answer) == TYPED and "<b>" not in page
    assert (
        f'action="{STATUS}" data-try-again="10"' in page and "/static/portal/try_again.js" in page
    )
    assert "What you typed is kept on this page" in page
    script = officer.get("/static/portal/try_again.js")
    script.close()
    assert script.status_code == 200
    saved = officer.post(STATUS, {**kept_on(answer), "version": 0})
    assert "Page not found" not in saved.content.decode()


def test_nothing_is_kept_of_what_comes_from_a_browser_of_nobodys(officer, away):
    nobody = Client(raise_request_exception=False)
    nobody.cookies[settings.SESSION_COOKIE_NAME] = "of nobody"
    with away():
        answer = nobody.post(STATUS, TYPED)

    assert answer.status_code == 503 and not kept_on(answer)


def test_a_password_is_never_on_the_page_but_what_was_kept_before_is(officer, away):
    officer.get(STATUS)
    typed = {"login": "officer.main", "password": "hunter2", "kept": "what was kept"}
    with away():
        answer = officer.post("/log-in/", typed)
        other = officer.post(
            "/account/password/", {"oldpassword": "hunter2", "password1": "hunter3"}
        )
        from_mail = [
            officer.post(address, {"new_password1": "hunter2", "password": "hunter2"})
            for address in ("/set-password/MQ/a-token/", f"/recover/{uuid4()}/open/")
        ]

    assert kept_on(answer) == {"login": "officer.main", "kept": "what was kept"}
    assert not kept_on(other)
    for page in (answer, other, *from_mail):
        assert page.status_code == 503
        assert b"hunter" not in page.content and b"data-try-again" not in page.content


@contextmanager
def written_elsewhere() -> Iterator[None]:
    """Another connection is in the middle of a write, which SQLite lets one do at a time."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets many write at once")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 500")
    usual = connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"] = {**usual, "timeout": 0.5}
    try:
        yield
    finally:
        connection.settings_dict["OPTIONS"] = usual
        other.execute("ROLLBACK")
        other.close()


def test_while_another_writes_what_was_typed_is_kept_and_goes_in_afterwards(officer):
    page = officer.get(STATUS).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    with written_elsewhere():
        answer = officer.post(STATUS, {**TYPED, "contact_name": "Typed", "version": version})

    assert answer.status_code == 503 and b"data-try-again" in answer.content
    saved = officer.post(STATUS, kept_on(answer))
    assert saved.status_code == 302, saved.content.decode()


def test_no_page_is_lost_or_slow_because_a_note_could_not_be_written(officer):
    """When somebody was last seen, and what the menu shows."""
    later = time.time() + 600
    with time_machine.travel(later), written_elsewhere():
        for page in ("/", CENTRE, STATUS, "/account/"):
            began = time.monotonic()
            assert officer.get(page).status_code == 200, page
            assert time.monotonic() - began < 3, page
    with time_machine.travel(later):
        officer.get("/")
    assert officer.session["last_seen"] == int(later)


def test_a_candidate_sees_the_page_though_first_sight_could_not_be_noted(officer):
    candidate = Candidate.objects.get(centre__number="MAIN1")
    username, password, credentials = make_login(candidate)
    browser = Client(raise_request_exception=False)
    with written_elsewhere():
        page = browser.post("/results/", {"username": username, "password": password})
        assert browser.get(page.url).status_code == 200
        credentials.refresh_from_db()
        assert credentials.first_signed_in_at is None
    assert browser.get(page.url).status_code == 200
    credentials.refresh_from_db()
    assert credentials.first_signed_in_at is not None


def test_a_first_sight_that_could_not_be_noted_is_noted_by_the_next_page(officer):
    candidate = Candidate.objects.get(centre__number="MAIN1")
    with time_machine.travel(AFTER):
        username, password, credentials = make_login(candidate)
        browser = Client(raise_request_exception=False)
        with written_elsewhere():
            page = browser.post("/results/", {"username": username, "password": password})
            assert browser.get(page.url).status_code == 200
        credentials.refresh_from_db()
        assert credentials.results_first_seen_at is None
        assert browser.get(page.url).status_code == 200
        credentials.refresh_from_db()
        assert credentials.results_first_seen_at is not None
