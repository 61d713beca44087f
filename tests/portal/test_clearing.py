"""What the database keeps of sign-ins holds no key and nothing typed, and goes in time."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.conf import settings as in_use
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.session_store import SessionStore, row_of
from portal import clearing
from tests.accounts.signing_in import log_in

ROOT = Path(__file__).parents[2]
TYPED = "my secret password"


def everything() -> str:
    """Every text of every table, as a copy of the database would hold it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_the_key_that_a_browser_has_is_not_in_the_database(client, world):
    log_in(client, "officer.main")
    key = client.cookies["sessionid"].value

    assert client.get("/").status_code == 200
    assert key not in everything()
    assert Session.objects.get().session_key == row_of(key) == UserSession.objects.get().session_key


def test_what_a_row_goes_by_opens_nothing(client, world):
    log_in(client, "officer.main")
    thief = Client()
    thief.cookies["sessionid"] = Session.objects.get().session_key

    assert thief.get("/").status_code == 302
    assert thief.get("/log-in/").status_code == 200
    assert client.get("/").status_code == 200  # nor does it end anything


def test_a_session_is_still_listed_as_this_one_and_another_can_be_ended(client, world):
    other = Client()
    log_in(client, "officer.main")
    log_in(other, "officer.main")
    shown = client.get("/account/sessions/").context["sessions"]
    assert [one.is_this for one in shown] == [True, False]

    client.post("/account/sessions/", {"session": shown[1].session.pk})

    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_a_session_lives_on_with_its_key_when_something_is_kept_in_it(client, world):
    log_in(client, "officer.main")
    key = client.cookies["sessionid"].value
    session = client.session
    session["stored"] = "this"
    session.save()

    assert client.session["stored"] == "this"
    assert Session.objects.count() == 1
    assert SessionStore(key).exists(key)


@pytest.mark.parametrize("where", ["login", "password"])
def test_nothing_that_was_typed_at_the_sign_in_is_kept(client, world, where):
    typed = {"login": "officer.main", "password": "wrong", where: TYPED}
    for _ in range(2):
        client.post(f"/log-in/?next=/{TYPED}", typed, headers={"accept": TYPED})

    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 2
    assert TYPED not in everything()
    if where == "login":
        assert "my secret" not in everything()


def test_a_known_browser_is_still_counted_apart(client, world):
    log_in(client, "officer.main")
    client.post("/log-out/")
    for _ in range(10):
        log_in(Client(), "officer.main", "wrong")

    assert log_in(Client(), "officer.main").status_code == 429
    assert log_in(client, "officer.main").status_code == 302


def test_sessions_tries_log_ins_and_tasks_go_in_time(client, world):
    begun = timezone.now()
    task = {"args_kwargs": {}, "task_path": "x", "run_after": begun, "exception_class_path": ""}
    with time_machine.travel(begun, tick=False):
        log_in(client, "officer.main")
        log_in(Client(), "viewer.main", "wrong")
        DBTaskResult.objects.create(finished_at=begun, backend_name="default", **task)
        DBTaskResult.objects.create(backend_name="default", **task)  # waits
        cache.set("for a minute".replace(" ", "-"), 1, timeout=60)
        clearing.clear()
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (1, 1)
    assert DBTaskResult.objects.count() == 2

    with time_machine.travel(begun + timedelta(hours=9), tick=False):
        clearing.clear()
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (0, 1)
    assert DBTaskResult.objects.count() == 2
    assert "for-a-minute" not in everything()

    with time_machine.travel(begun + timedelta(days=91), tick=False):
        clearing.clear()
    assert AccessLog.objects.count() == 0
    assert DBTaskResult.objects.count() == 1


def test_the_row_of_a_task_that_failed_tells_where_and_not_what(db):
    row = DBTaskResult(
        args_kwargs={}, task_path="x", run_after=timezone.now(), backend_name="default",
        exception_class_path="builtins.ValueError",
    )  # fmt: skip
    try:
        raise ValueError(TYPED)
    except ValueError as error:
        row.traceback = f"Traceback … {error}"
        row.save()

    assert "ValueError" in row.traceback and "tests/portal/test_clearing.py" in row.traceback
    assert TYPED not in everything()


NAMES = """
import json, django
django.setup()
from django.conf import settings as s
from accounts.messages import NamedCookie
from accounts.lockout import COOKIE as known
print(json.dumps([
    s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, NamedCookie.cookie_name, known, s.KEYHOLDER_COOKIE, s.CANDIDATE_COOKIE,
]))
"""


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("http://127.0.0.1:8000", ["sessionid", "csrftoken", "messages", "known_browser", "keyholder", "candidate"]),
        (
            "https://direct.example.org",
            ["__Host-session", "__Host-csrf", "__Host-messages", "__Host-known_browser", "__Host-keyholder",
             "__Secure-candidate"],
        ),
    ],
)  # fmt: skip
def test_with_https_no_other_site_can_give_our_cookies(site, expected, tmp_path):
    own = {"SITE_URL": site, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", NAMES], cwd=ROOT, env={**os.environ, **own}, capture_output=True, check=True
    )  # fmt: skip
    assert json.loads(done.stdout) == expected


def test_no_cookie_that_carries_such_a_name_has_a_domain_or_another_path():
    assert in_use.SESSION_COOKIE_DOMAIN is in_use.CSRF_COOKIE_DOMAIN is None
    assert in_use.SESSION_COOKIE_PATH == in_use.CSRF_COOKIE_PATH == "/"
