"""When the database was backed up is noted apart from the files: a failure of the one does not hide the other, and is
over as soon as it has succeeded."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from board import resources
from core.models import SiteIdentity

YESTERDAY = timezone.now() - dt.timedelta(days=1)


@pytest.fixture
def noted(db, settings):
    settings.BACKUP_STAMP = ""
    SiteIdentity.objects.update(backed_up_at=YESTERDAY, files_backed_up_at=YESTERDAY)


def test_a_backup_of_files_that_has_failed_is_known_again_once_it_succeeds(
    noted, settings, tmp_path
):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite is copied with the files")
    settings.BACKUP_DIR = ""
    with pytest.raises(CommandError, match="Set BACKUP_DIR"):
        call_command("backup", files=True)
    assert resources.last_backups() == {"database": YESTERDAY, "files": None}

    settings.BACKUP_DIR = str(tmp_path / "backup")
    call_command("backup", files=True)
    made = resources.last_backups()
    assert made["database"] == YESTERDAY and made["files"] > YESTERDAY


def test_with_the_files_alone_sqlite_is_copied_too(noted, settings, tmp_path):
    """As the unit asks for it (deploy/systemd): nobody else copies it."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is backed up by pgBackRest")
    settings.BACKUP_DIR = str(tmp_path / "backup")
    call_command("backup", files=True)
    assert list((tmp_path / "backup/database").glob("*.sqlite3"))
    assert all(at > YESTERDAY for at in resources.last_backups().values())


def test_a_database_that_was_not_backed_up_does_not_hide_when_the_files_were(
    noted, settings, tmp_path
):
    settings.BACKUP_DIR = str(tmp_path)
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(CommandError, match="There are keys in BACKUP_DIR"):
        call_command("backup")
    assert resources.last_backups() == {"database": None, "files": YESTERDAY}
