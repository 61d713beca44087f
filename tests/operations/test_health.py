"""/health/live/ and /health/ready/: what a proxy asks of a machine, by its address."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from operations import schema, static_manifest
from operations.models import InstalledVersion
from portal import start


@pytest.fixture
def ready(db):
    """ready(): the answer, and its text."""
    start.require()

    def ask() -> tuple[int, str]:
        answer = Client().get("/health/ready/")
        return answer.status_code, answer.text

    assert ask() == (200, "ready\n")
    return ask


@pytest.mark.parametrize("page", ["live", "ready"])
def test_a_probe_by_address_without_tls_is_answered(ready, settings, page):
    settings.ALLOWED_HOSTS = ["direct.example.org"]
    settings.SECURE_SSL_REDIRECT = True

    answer = Client(headers={"host": "10.0.0.7:8001"}).get(f"/health/{page}/")
    assert (answer.status_code, answer.text) == (200, f"{page}\n")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert Client(headers={"host": "10.0.0.7:8001"}).get("/log-in/").status_code != 200


def test_live_asks_no_database_and_ready_says_that_it_is_away(transactional_db):
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "/there/is/none"
    try:
        live, ready = (Client().get(f"/health/{page}/") for page in ("live", "ready"))
    finally:
        connection.settings_dict["NAME"] = name

    assert (live.status_code, ready.status_code) == (200, 503)
    assert ready.text.startswith("not ready: The database is away (")
    assert ready.text.count("\n") == 1


def test_a_migration_that_is_not_applied_is_named(ready):
    MigrationRecorder(connection).record_unapplied("results", "0001_initial")

    status, text = ready()
    assert status == 503
    assert text.startswith("not ready: Migrations are not applied: results.0001_initial. Run")


@pytest.fixture
def newer(ready):
    """newer(version, works_with): a release has migrated this database to what this code does not know."""

    def migrated(version: str, works_with: str) -> None:
        MigrationRecorder(connection).record_applied("results", "9999_of_another_release")
        InstalledVersion.objects.update(migrated_at="2026-01-01T00:00Z")
        InstalledVersion.objects.create(
            version=version, works_with=works_with, migrated_at="2026-02-01T00:00Z"
        )

    return migrated


def test_the_schema_of_the_next_release_is_served(ready, newer, settings):
    newer("9.0.0", settings.VERSION)

    assert ready() == (200, "ready\n")


def test_the_schema_of_two_releases_on_is_not_and_says_what_to_install(ready, newer, settings):
    newer("9.1.0", "9.0.0")

    assert ready() == (
        503,
        "not ready: The database was migrated by version 9.1.0, which works with the code of 9.0.0; "
        f"this is {settings.VERSION}. Install 9.1.0 here.\n",
    )


def test_migrate_of_older_code_notes_nothing(ready, newer):
    newer("9.1.0", "9.0.0")
    schema.after_migrate()

    assert schema.newest_version().version == "9.1.0"


def test_migrate_notes_its_version(db, settings):
    row = InstalledVersion.objects.get()

    assert (row.version, row.works_with) == (
        settings.VERSION,
        settings.PREVIOUS_RELEASE["version"],
    )


def test_another_manifest_than_the_first_machines_is_not_ready(ready, settings, monkeypatch):
    settings.DEMO = False
    assert ready() == (200, "ready\n")  # the first, whose manifest is noted
    names = static_manifest._names()
    monkeypatch.setattr(static_manifest, "_names", lambda: names | {"portal/portal.css": "other"})

    status, text = ready()
    assert status == 503
    assert "The static files here are others than those with which" in text
    static_manifest.accept()
    assert ready() == (200, "ready\n")


def test_static_files_that_are_not_this_codes_are_told(settings, tmp_path, monkeypatch):
    settings.DEBUG = False
    (tmp_path / "source").mkdir()
    (tmp_path / "source/new.css").write_text("a")
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path
    told = "The static files of this code are not collected: new.css is missing or older."

    assert static_manifest.not_collected().startswith(told)
    monkeypatch.setattr(static_manifest, "_names", lambda: {"new.css": "new.123.css"})
    assert static_manifest.not_collected().startswith(told)
    (tmp_path / "new.css").write_text("b")
    assert static_manifest.not_collected().startswith(told)
    (tmp_path / "new.css").write_text("a")
    assert static_manifest.not_collected() == ""
