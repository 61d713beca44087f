"""`manage.py db_worker`: makes letters, and goes on with what a killed worker has left."""

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
from django.core.management import call_command, get_commands
from django_tasks_db.models import DBTaskResult

from core.management.commands import db_worker, periodic_tasks
from credentials.models import LetterFile
from tests.letters import logins_in


@pytest.fixture
def signals():
    """The worker answers to signals; afterwards the test run does so again."""
    stored = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    yield
    for one, handler in stored.items():
        signal.signal(one, handler)


@pytest.fixture
def looks_after(monkeypatch):
    """What the worker looks after beside its tasks is this alone; none of it is left at the end."""

    def look_after(**tasks):
        monkeypatch.setattr(db_worker, "BEAT", 0.05)
        named = {f"every {when}": tasks.get(when, []) for when in ("beat", "minute", "hour")}
        monkeypatch.setattr(db_worker, "periodic_tasks", {**named, "at the start": []}.get)

    yield look_after
    for thread in threading.enumerate():
        if thread.name in db_worker.THREADS:
            thread.join(timeout=5)


def test_ours_is_the_command():
    assert get_commands()["db_worker"] == "core"


def test_it_makes_what_is_queued(transactional_db, world, ask, signals):
    world.open_all()
    file = ask()

    call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)

    file.refresh_from_db()
    assert file.state == "ready"
    assert len(logins_in(file)) == 1
    result = DBTaskResult.objects.get()
    assert result.status == "SUCCESSFUL"
    assert result.return_value is None


def test_it_tells_systemd_when_it_may_work(transactional_db, signals, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)

        assert systemd.recv(100) == b"READY=1"


def test_without_a_worker_a_timer_does_what_it_does_every_minute_and_hour(monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(periodic_tasks, "periodic_tasks", lambda when: [lambda: done.append(when)])

    call_command("periodic_tasks")

    assert done == ["at the start", "every minute", "every hour"]


def test_at_the_start_it_queues_again_what_was_left(transactional_db, world, ask, signals):
    world.open_all()
    file = ask()
    DBTaskResult.objects.all().delete()
    LetterFile.objects.update(state="running", heartbeat="2026-01-01T00:00Z")

    call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)

    file.refresh_from_db()
    assert file.state == "ready"


def test_however_long_a_periodic_task_takes_the_worker_says_that_it_lives_and_ends_when_told(
    transactional_db, signals, looks_after
):
    beats, stands, goes_on = [], threading.Event(), threading.Event()

    def periodic():
        stands.set()
        if not goes_on.wait(timeout=3):
            stop()

    def beat():
        beats.append(stands.wait(timeout=3))
        if len(beats) == 3:
            stop()

    def stop():
        os.kill(os.getpid(), signal.SIGTERM)

    looks_after(beat=[beat], minute=[periodic])
    with pytest.raises(SystemExit):
        call_command("db_worker", startup_delay=False, interval=0.05, verbosity=0)

    assert beats[:3] == [True, True, True]
    goes_on.set()


def test_whatever_one_periodic_task_trips_over_the_others_are_done_and_it_is_tried_again(
    transactional_db, signals, looks_after, caplog
):
    tried, done, ended = [], [], threading.Event()

    def stop():
        os.kill(os.getpid(), signal.SIGTERM)

    def or_else_stop():
        if not ended.wait(timeout=3):
            stop()

    def trips():
        tried.append(1)
        raise ValueError("“Bloggs” is no UUID")

    def goes_on():
        done.append(1)
        if len(done) == 2:
            ended.set()
            stop()

    looks_after(beat=[trips, goes_on], minute=[or_else_stop])
    with pytest.raises(SystemExit):
        call_command("db_worker", startup_delay=False, interval=0.05, verbosity=0)

    assert (len(tried), len(done)) >= (2, 2)
    assert "periodic task, trips: ValueError" in caplog.text and "Bloggs" not in caplog.text


def test_the_site_runs_where_weasyprint_cannot_be_loaded():
    """Pango is needed where letters are made and nowhere else."""
    script = (
        "import sys; sys.modules['weasyprint'] = None\n"
        "import django; django.setup()\n"
        "import credentials.letters.tasks, credentials.letters.storage, credentials.letters.issuing\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
