"""Every event is one line, which says what it belongs to and holds nothing that was typed."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django_tasks_db.models import DBTaskResult
from structlog.contextvars import get_contextvars

from core import jobs
from core.errors import log_error
from core.outages import Outage
from credentials.models import LetterFile
from portal import log_lines
from portal.log_lines import Line
from portal.request_ids import FORM
from tests.asked import counted_on
from tests.builders import World

TYPED = "ABCD-EFGH"
OF_A_PROXY = "0f0e0d0c-0b0a-0908-0706-050403020100"


@pytest.fixture
def written(monkeypatch):
    """What the site's own loggers write, a line each."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    [stderr] = [one for one in logging.getLogger().handlers if isinstance(one.formatter, Line)]
    kept = Kept()
    kept.setFormatter(stderr.formatter)
    for one in stderr.filters:
        kept.addFilter(one)
    logging.getLogger().addHandler(kept)
    yield lambda: [json.loads(line) for line in lines]
    logging.getLogger().removeHandler(kept)


def test_a_line_says_when_how_bad_who_where_and_for_which_centre(world, client, written):
    client.force_login(world.officer)
    answer = client.get("/candidate-results/2026-06/MAIN1/credentials/none-such/")

    line = written()[-1]
    assert line["level"] == "warning" and line["logger"] == "django.request"
    assert line["event"] == "Not Found: no such address" and line["route"] == "no such address"
    assert line["time"].endswith("+00:00") and "T" in line["time"]
    assert line["request"] == answer["X-Request-ID"] and FORM.fullmatch(line["request"])


def test_a_fault_at_a_page_names_actor_and_centre_by_what_is_no_secret(
    world, client, written, monkeypatch
):
    client.force_login(world.officer)
    client.raise_request_exception = False
    monkeypatch.setattr("credentials.views.centre.render", _trips)
    answer = client.get("/candidate-results/2026-06/MAIN1/")

    [line] = written()
    assert answer.status_code == 500
    assert line["actor"] == world.officer.pk and line["centre"] == "MAIN1"
    assert line["route"] == "credentials:centre"
    assert "ValueError" in line["detail"] and "credentials/views/" in line["detail"]
    assert TYPED not in str(line) and world.officer.username not in str(line)


def _trips(*args, **kwargs):
    raise ValueError(f"Key (username)=({TYPED}) already exists.")


def test_what_is_bound_to_a_request_is_let_go_with_it(world, client):
    client.force_login(world.officer)
    client.get("/candidate-results/2026-06/MAIN1/")
    assert get_contextvars() == {}


@pytest.mark.parametrize("given", [OF_A_PROXY, OF_A_PROXY.replace("-", "").upper()])
def test_the_id_of_a_proxy_is_taken_where_there_is_one(db, client, settings, given):
    settings.TRUSTED_PROXIES = 1
    assert client.get("/log-in/", headers={"x-request-id": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", [TYPED, "a" * 33, OF_A_PROXY + "\n", OF_A_PROXY[:-1], ""])
def test_an_id_that_has_not_the_form_is_not_believed(db, client, settings, given):
    settings.TRUSTED_PROXIES = 1
    made = client.get("/log-in/", headers={"x-request-id": given})["X-Request-ID"]
    assert made != given and FORM.fullmatch(made)


def test_no_visitor_chooses_an_id_where_there_is_no_proxy(db, client):
    ids = {
        client.get("/log-in/", headers={"x-request-id": OF_A_PROXY})["X-Request-ID"]
        for _ in range(3)
    }
    assert len(ids) == 3 and OF_A_PROXY not in ids


def test_what_a_cache_may_keep_bears_no_id(db, client):
    answer = client.get("/results/")
    assert "public" in answer["Cache-Control"] and "X-Request-ID" not in answer
    assert "X-Request-ID" in client.post("/results/", {"username": "x", "password": "y"})


def test_a_jobs_lines_say_which_job_and_which_request_asked_for_it(world, written, settings):
    world.open_all()
    settings.JOBS = {"credentials.LetterFile": {"run": "tests.portal.test_log_lines._trips"}}
    file = LetterFile.objects.create(
        centre=world.main, series=world.series, asked_by="officer", total=1
    )
    jobs.do.func("credentials.LetterFile", str(file.pk), request=OF_A_PROXY)

    [line] = written()
    assert line["kind"] == "credentials.LetterFile" and line["job"] == str(file.pk)
    assert line["attempt"] == 1 and line["request"] == OF_A_PROXY
    assert TYPED not in str(line)


def test_a_job_is_queued_with_the_id_of_the_request_that_asked_for_it(
    world, client, django_capture_on_commit_callbacks
):
    world.open_all()
    client.force_login(world.officer)
    create = "/candidate-results/2026-06/MAIN1/credentials/create/"
    asked = {"counted": counted_on(client.post(create))}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(create, asked)

    [queued] = DBTaskResult.objects.filter(task_path=jobs.do.module_path)
    assert queued.args_kwargs["kwargs"] == {"request": answer["X-Request-ID"]}


def test_an_exception_is_logged_without_its_text(written):
    try:
        _trips()
    except ValueError:
        logging.getLogger("x").exception("It failed")

    [line] = written()
    assert line["event"] == "It failed" and "tests/portal/test_log_lines.py" in line["detail"]
    assert TYPED not in str(line)


def test_plain_lines_are_for_reading(monkeypatch):
    monkeypatch.setattr(log_lines, "LOG_FORMAT", "plain")
    record = logging.LogRecord("portal.start", 30, "", 0, "The database is away", (), None)
    said = Line().format(record)
    assert "[warning" in said and "The database is away" in said and "[portal.start]" in said
    assert "{" not in said


def test_pages_while_the_database_is_away_are_one_line_and_no_traceback(
    transactional_db, monkeypatch, written
):
    own = Outage()
    for place in ("accounts.notes", "core.errors", "portal.logs"):
        monkeypatch.setattr(f"{place}.outage", own)
    world, browser = World(), Client(raise_request_exception=False)
    browser.force_login(world.officer)
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "/there/is/none"
    try:
        for _ in range(5):
            assert browser.get("/").status_code == 503
            browser.post("/results/", {"username": TYPED, "password": "X"})
        log_error(OperationalError(TYPED), "a job")
    finally:
        connection.settings_dict["NAME"] = name

    [line] = written()
    assert line["event"].startswith("The database is away: ") and "detail" not in line


def test_what_ends_a_worker_or_a_command_is_a_line_without_its_text(tmp_path):
    code = f"raise ValueError('Key (username)=({TYPED}) already exists.')"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    *_, line = done.stderr.splitlines()
    assert done.returncode == 1
    assert json.loads(line)["level"] == "critical" and "ValueError" in json.loads(line)["detail"]
    assert TYPED not in done.stderr and "Traceback" not in done.stderr
