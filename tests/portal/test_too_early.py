"""Code that came before its migrations or its static files does not serve; keys for a site that is not there yet."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from portal.keys import parse
from portal.middleware import SchemaMiddleware
from tests.portal.test_start import KEYS, ROOT, WORKER, made, run, serve, site

__all__ = ["made", "site"]


def test_the_website_does_not_start_without_its_static_files(site):
    done = serve(site)

    assert done.returncode != 0
    assert "The static files of this code are not collected: " in done.stderr
    assert "bin/portal manage collectstatic" in done.stderr


def test_the_worker_does_not_start_before_its_migrations(tmp_path):
    done = run(WORKER, tmp_path)

    assert done.returncode == 1
    assert "Migrations are not applied: " in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def too_early(db, monkeypatch):
    """A website that has started before `migrate`, and what migrates then."""
    monkeypatch.setattr(SchemaMiddleware, "fits", False)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("results", "0001_initial")
    client = Client(raise_request_exception=False)
    yield client, lambda: recorder.record_applied("results", "0001_initial")


@pytest.mark.parametrize("page", ["/", "/log-in/", "/results/", "/board/", "/nothing/"])
def test_before_its_migrations_it_answers_no_page_and_afterwards_by_itself(too_early, page):
    client, migrate = too_early

    before = client.get(page)
    assert (before.status_code, "Retry-After" in before.headers) == (503, True)
    assert client.get("/health/live/").status_code == 200
    assert client.get("/health/ready/").status_code == 503
    migrate()
    assert client.get(page).status_code not in (500, 503)


def test_what_is_posted_meanwhile_is_kept(too_early, world):
    client, migrate = too_early
    migrate()
    client.force_login(world.officer)
    address = f"/candidate-results/2026-06/{world.main.number}/status/edit/"
    assert client.get(address).status_code == 200
    SchemaMiddleware.fits = False
    MigrationRecorder(connection).record_unapplied("results", "0001_initial")

    page = client.post(address, {"status": "selected", "csrfmiddlewaretoken": "t" * 64})
    assert (page.status_code, "Nothing was done" in page.text) == (503, False)
    assert 'name="status" value="selected"' in page.text
    assert "The service is being upgraded" in page.text


def test_keys_make_prints_three_that_work_and_writes_nothing(tmp_path):
    made = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "keys", "make"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    keys = dict(line.split("=", 1) for line in made.stdout.splitlines())
    assert (set(keys), list(tmp_path.iterdir())) == (set(KEYS), [])
    assert made.stderr == ""
    assert len(keys["SECRET_KEY"]) >= 50
    for name in ("PEPPER_KEYS", "MASTER_KEYS"):
        assert list(parse(name, keys[name])) == ["1"]
