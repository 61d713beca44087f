"""Metrics: what they count, what they cost, and what they never tell."""

import datetime as dt
import os
import re
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from core import worker
from core.jobs import MOST_ATTEMPTS
from core.models import OrphanCheck
from credentials.models import LetterFile
from operations.metrics import requests
from operations.metrics.exporter import Readings, application
from operations.metrics.readings import OFTEN, SELDOM
from results.hold_levels import HOLD_LEVELS
from tests.bench.processes import running
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    BEFORE,
    IGCSE_RELEASE,
    arrange,
    held_of,
    hold,
    make_candidate,
    make_login,
)
from tests.tracked import ROOT
from tests.two_connections import PATIENCE

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def scraped() -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, read once now."""
    return samples(told())


def told() -> str:
    readings = Readings()
    readings.round(OFTEN)
    readings.round(SELDOM)
    found = CollectorRegistry()
    found.register(readings)
    return generate_latest(found).decode()


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (one.name.removeprefix("direct_"), *one.labels.values()): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_everything_is_read_of_a_service_that_is_well(world):
    found = scraped()

    assert [name for name in found if name[0] == "reading_up" and not found[name]] == []
    for path in settings.READINESS:
        assert found["ready", path] == 1
    assert found["jobs", "credentials.LetterFile", "queued"] == 0


def test_what_waits_is_told_with_since_when(world):
    asked = timezone.now() - 7 * MINUTE
    put_off, last = {"due_at": asked + 30 * MINUTE}, {"attempts": MOST_ATTEMPTS - 1}
    centres = world.main, world.associate, world.associate2, world.stranger_centre
    waits: tuple[dict, ...] = {}, {"asked_at": asked}, put_off, last | put_off
    for centre, more in zip(centres, waits, strict=True):
        LetterFile.objects.create(centre=centre, series=world.series, asked_by="a", **more)
    found = scraped()

    of_letters = "credentials.LetterFile"
    assert found["jobs", of_letters, "queued"] == 2
    assert found["jobs_waiting_since_timestamp_seconds", of_letters] == asked.timestamp()
    assert found["jobs_in_vain", of_letters, "again"] == 2
    assert found["jobs_in_vain", of_letters, "last"] == 1
    assert found["jobs_in_vain", of_letters, "none"] == 0


def test_a_worker_is_told_by_when_it_was_last_heard_of(db):
    assert scraped()["workers",] == 0
    worker.heartbeat(timezone.now() - MINUTE)
    found = scraped()
    assert found["workers",] == 0
    assert 59 < timezone.now().timestamp() - found["worker_heartbeat_timestamp_seconds",] < 70

    worker.heartbeat()
    assert scraped()["workers",] == 1


@time_machine.travel(BEFORE, tick=False)
def test_of_a_release_at_hand_is_told_when_it_is_what_is_missing_and_whether_it_is_held(world):
    make_candidate(world.main, world.series, "1000", grades={"9702": None})
    hold(series=world.series)
    found = scraped()

    of_it = A_LEVEL, "2026-06"
    assert found["release_timestamp_seconds", *of_it] == A_LEVEL_RELEASE.timestamp()
    assert (
        found["next_release_timestamp_seconds",] == min(A_LEVEL_RELEASE, IGCSE_RELEASE).timestamp()
    )
    assert found["release_held", *of_it] == 1
    assert found["results_missing", *of_it] == 1


@time_machine.travel(BEFORE, tick=False)
def test_letters_are_outdated_and_no_more_when_what_they_print_holds_again(world):
    world.open_all()
    make_login(world.candidate)
    assert scraped()["letters_outdated", "2026-06"] == 0

    arrange(world.main, world.series, delay=HOUR)
    assert scraped()["letters_outdated", "2026-06"] == 1
    arrange(world.main, world.series)
    assert scraped()["letters_outdated", "2026-06"] == 0


def test_holds_are_counted_by_level_and_no_more_is_told_of_them(world):
    before = scraped()
    for held in held_of(world.candidate, "0580").values():
        hold(**held)
    found = scraped()

    assert [found["holds", level] for level in HOLD_LEVELS] == [1, 1, 1, 1, 1]
    changed = {name[0] for name in found if found[name] != before.get(name)}
    assert changed <= {
        "holds",
        "release_held",
        "reading_seconds",
        "disk_free_bytes",
        "clock_skew_seconds",
    }


def test_what_the_last_look_at_the_files_found_is_told(db, settings, tmp_path):
    assert not [name for name in scraped() if name[0] in ("files", "backup_timestamp_seconds")]
    facts = {"looked_at": timezone.now(), "files": 9, "orphans": 1, "missing": 2, "quarantined": 3}
    OrphanCheck.objects.create(**facts)
    settings.BACKUP_STAMP = str(tmp_path / "stamp")
    (tmp_path / "stamp").touch()
    found = scraped()

    states = ("files", "orphans", "missing", "quarantined")
    assert [found["files", state] for state in states] == [9, 1, 2, 3]
    for part in ("database", "files"):
        assert time.time() - found["backup_timestamp_seconds", part] < 60


def test_a_machine_that_is_not_ready_is_told_by_what_is_asked(db, settings):
    settings.READINESS = [
        "tests.operations.test_metrics.all_is_well",
        "tests.operations.test_metrics.ill",
    ]
    found = scraped()

    assert [found["ready", path] for path in settings.READINESS] == [1, 0]


def all_is_well() -> list[str]:
    return []


def ill() -> list[str]:
    return ["The disk of Fred Bloggs is not mounted."]


@time_machine.travel(BEFORE, tick=False)
def test_nobody_and_no_grade_is_in_what_is_told(world):
    make_login(world.candidate)
    hold(candidate=world.candidate)
    text = re.sub(r" [-+.\de]+$", "", told(), flags=re.M)  # without the figures

    assert "2026-06" in text
    assert not re.search(r"Bloggs|Fred|MAIN1|ASC0|officer|Under inquiry|0580|inquiry", text, re.I)
    labels = {
        label
        for one in text_string_to_metric_families(told())
        for s in one.samples
        for label in s.labels
    }
    assert labels <= {
        *(
            "check",
            "kind",
            "level",
            "next",
            "qualification",
            "reading",
            "series",
            "state",
            "version",
        )
    }


@time_machine.travel(BEFORE, tick=False)
def test_how_many_queries_a_reading_takes_does_not_grow_with_what_there_is(world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            told()
        return len(asked)

    world.open_all()
    make_login(world.candidate)
    few = queries()
    for number in range(3):
        make_login(make_candidate(world.associate, world.series, f"100{number}"))
        hold(candidate=make_candidate(world.main, world.series, f"200{number}"))
    for centre in (world.main, world.associate, world.associate2):
        LetterFile.objects.create(centre=centre, series=world.series, asked_by="a")

    assert queries() == few


# --- Requests -------------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch, settings) -> Iterator[Callable[[], dict]]:
    """What the middleware has counted since."""
    monkeypatch.setenv(requests.COUNTED_IN, "in this process, as tests are one")

    def now() -> dict[tuple[str, ...], float]:
        families = [*requests.TOOK.collect(), *requests.LOGINS.collect()]
        return {
            (one.name.removeprefix("direct_"), *one.labels.values()): one.value
            for family in families
            for one in family.samples
            if one.name.endswith(("_count", "_total"))
        }

    before = now()
    yield lambda: {
        name: value - before.get(name, 0)
        for name, value in now().items()
        if value != before.get(name, 0)
    }


def test_pages_of_staff_and_of_candidates_are_counted_by_route_and_status(counted, world):
    client = Client()
    for path in ("/results/", "/results/", "/", f"/results/mine/{'x' * 20}/", "/no-such-address/"):
        client.get(path)

    assert counted() == {
        ("request_seconds_count", "candidate_site:sign_in", "2xx"): 2,
        ("request_seconds_count", "dashboard", "3xx"): 1,
        ("request_seconds_count", "candidate_site:results_page", "3xx"): 1,
        ("request_seconds_count", "none", "4xx"): 1,
    }


def test_logins_of_candidates_are_counted_by_how_they_end(counted, world):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    other_username, other_password, _ = make_login(world.associate_candidate)
    client = Client()
    for login in (
        (username, password),
        (username, other_password),
        (other_username, password),
        (username, password[:-1]),
        ("", ""),
    ):
        client.post("/results/", dict(zip(("username", "password"), login, strict=True)))
    client.post("/results/", {}, headers={"Sec-Fetch-Site": "cross-site"})

    assert {name[1:]: count for name, count in counted().items() if name[0] == "logins_total"} == {
        ("candidate", "opened"): 1,
        ("candidate", "refused"): 2,
        ("candidate", "slip"): 2,
        ("candidate", "not from our page"): 1,
    }


def test_logins_of_staff_are_counted_by_how_they_end(counted, world):
    world.officer.set_password("a long password")
    world.officer.save()
    client = Client()
    for password in ("a long password", *["wrong"] * (settings.AXES_FAILURE_LIMIT + 1)):
        client.post("/log-in/", {"login": "officer.main", "password": password})
        client.logout()

    found = {name[1:]: count for name, count in counted().items() if name[0] == "logins_total"}
    assert found == {
        ("staff", "password right"): 1,
        ("staff", "password wrong"): settings.AXES_FAILURE_LIMIT - 1,
        ("staff", "locked out"): 2,
    }


def test_where_nothing_is_counted_the_middleware_is_not_used(monkeypatch):
    monkeypatch.delenv(requests.COUNTED_IN, raising=False)
    with pytest.raises(MiddlewareNotUsed):
        requests.RequestsMiddleware(lambda request: None)


# --- Who is answered ------------------------------------------------------------------------------


def asked(path: str = "/metrics", method: str = "GET", **more: str) -> str:
    answered = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, **more}
    application(CollectorRegistry())(environ, lambda status, headers: answered.append(status))
    return answered[0]


def test_nothing_but_metrics_is_there_and_a_token_that_is_set_must_be_sent(settings):
    settings.METRICS_TOKEN = ""
    assert asked() == "200 OK"
    assert asked(method="POST") == asked("/metrics/") == asked("/") == "404 Not Found"

    settings.METRICS_TOKEN = "a token of the tests"
    assert asked() == asked(HTTP_AUTHORIZATION="Bearer another") == "404 Not Found"
    assert asked(HTTP_AUTHORIZATION="Bearer a token of the tests") == "200 OK"


def test_the_site_itself_has_no_such_address(client, world):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics/").status_code == 404


# --- The processes themselves ---------------------------------------------------------------------


def test_what_two_web_processes_count_is_read_by_the_exporter_also_without_a_database(tmp_path):
    site, port = free_port(), free_port()
    common = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"postgres://portal@/portal?host={tmp_path}",
        "METRICS_DIR": str(tmp_path / "metrics"),
        "METRICS_POOL": "candidates",
        "METRICS_ADDRESS": f"127.0.0.1:{port}",
    }
    web = ["-m", "gunicorn", "--bind", f"127.0.0.1:{site}", "--workers", "2", "--preload"]
    with (
        running([sys.executable, *web, "--log-level", "error"], cwd=ROOT, env=common),
        running([sys.executable, "manage.py", "metrics"], cwd=ROOT, env=common),
    ):
        for _ in range(20):
            page(site, "/health/live/")
        found = until(
            lambda: samples(page(port, "/metrics")),
            lambda found: ("disk_free_bytes",) in found,
        )

    labels = "candidates", requests.NO_ROUTE, "2xx"
    assert found["request_seconds_count", *labels] == 20
    assert found["reading_up", "machine"] == 1
    assert found["reading_up", "database"] == found["reading_up", "jobs"] == 0
    assert ("workers",) not in found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def page(port: int, path: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(PATIENCE * 10):
        try:
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
                return answer.read().decode()
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.1)
    raise AssertionError("nobody answers")


def until(find: Callable[[], dict], enough: Callable[[dict], bool]) -> dict:
    for _ in range(PATIENCE * 10):
        if enough(found := find()):
            break
        time.sleep(0.1)
    return found
