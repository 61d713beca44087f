"""`manage.py db_worker`: makes letters, and goes on with what a killed worker has left."""

import os
import signal
import subprocess
import sys

import pytest
from django.core.management import call_command, get_commands
from django_tasks_db.models import DBTaskResult

from credentials.models import LetterFile
from tests.credentials.conftest import logins_in


@pytest.fixture
def signals():
    """The worker answers to signals; afterwards the test run does so again."""
    kept = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    yield
    for one, handler in kept.items():
        signal.signal(one, handler)


def test_ours_is_the_command():
    assert get_commands()["db_worker"] == "centres"


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


def test_at_the_start_it_queues_again_what_was_left(transactional_db, world, ask, signals):
    world.open_all()
    file = ask()
    DBTaskResult.objects.all().delete()
    LetterFile.objects.update(state="running", heartbeat="2026-01-01T00:00Z")

    call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)

    file.refresh_from_db()
    assert file.state == "ready"


def test_the_site_runs_where_weasyprint_cannot_be_loaded():
    """Pango is needed where letters are made and nowhere else."""
    script = (
        "import sys; sys.modules['weasyprint'] = None\n"
        "import django; django.setup()\n"
        "import credentials.making, credentials.vault, credentials.issuing\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
