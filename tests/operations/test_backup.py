"""A site on one machine is backed up while it runs, lost, and restored: real processes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import migrated

COPY = "*.sqlite3"


class Site:
    def __init__(self, folder: Path) -> None:
        self.data, self.backup = folder / "data", folder / "backup"
        self.database = self.data / "portal.sqlite3"
        stored = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = stored | {
            "DATA_DIR": str(self.data),
            "BACKUP_DIR": str(self.backup),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "STATIC_DIR": str(settings.STATIC_DIR),
        }

    def act(self, *acts: str) -> str:
        """What one process says that does all of these."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.operations.a_site", *acts],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not done.returncode, done.stdout + done.stderr
        return done.stdout

    def states(self, *acts: str) -> tuple[str, list[dict]]:
        """The same, and each state that it was asked for."""
        said = self.act(*acts)
        return said, [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """One that is backed up, and went on."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        pytest.skip("PostgreSQL is backed up by pgBackRest: tests/drills/test_restore_drill.py")
    made = Site(tmp_path_factory.mktemp("site"))
    migrated.copy_to(made.database)
    said, [made.before, made.after] = made.states(
        "migrate -v 0", "make", "state", "backup", "again", "state"
    )
    assert "must never be" in said and "names and grades in clear" in said
    return made


GO_ON = "restored --go-on --by board"


def test_a_site_that_was_lost_is_back_as_it_was_and_waits_for_a_word(site):
    assert site.before["logins"] != site.after["logins"]
    assert site.before["files"] and site.before["stopped"] is False
    shutil.rmtree(site.data / "letters")
    shutil.rmtree(site.data / "stored")
    site.database.write_bytes(b"lost")

    assert "Files brought back: 2." in site.act("restore")
    said, [restored, going_on, later] = site.states(
        "state", "verify", "db_worker --batch", GO_ON, "state", "again", "state"
    )

    assert restored == site.before | {"stopped": True}
    assert "Everything is there and whole." in said
    assert "CommandError: The database was restored" in said
    assert going_on == site.before
    assert later["logins"] != site.before["logins"]


def test_a_copy_that_is_put_back_by_hand_waits_too(site):
    [copy] = (site.backup / "database").glob(COPY)
    shutil.copy(copy, site.database)

    _, [restored, going_on] = site.states("state", GO_ON, "state")
    assert restored["stopped"] is True
    assert going_on["stopped"] is False


def test_a_copy_can_be_read_where_nobody_may_write(site):
    """As by `portal-manage restore`, to which BACKUP_DIR is read-only. With a log ahead SQLite writes beside a file."""
    [copy] = (site.backup / "database").glob(COPY)

    with copy.open("rb") as file:
        written, read = file.read(20)[18:]  # the versions of its format: 2 is with a log ahead
    assert (written, read) == (1, 1)


def test_no_key_is_in_the_backup_and_none_is_let_in(site):
    keys = json.loads((site.data / "keys.json").read_text())
    secrets = [part.encode() for value in keys.values() for part in str(value).split(":")]
    kept = [path.read_bytes() for path in site.backup.rglob("*") if path.is_file()]
    assert kept
    assert not [secret for secret in secrets for text in kept if len(secret) > 8 and secret in text]

    shutil.copy(site.data / "keys.json", site.backup)
    assert "CommandError: There are keys in BACKUP_DIR" in site.act("backup")
    (site.backup / "keys.json").unlink()


def test_what_is_gone_is_kept_for_its_time_and_comes_back(site):
    site.act("backup")
    letters = next(path for path in (site.data / "letters").rglob("*") if path.is_file())
    letters.unlink()
    said = site.act("backup", "restore --files")
    assert "gone from the storage, and kept for a while: 1" in said
    assert "Files brought back: 1." in said
    assert letters.exists()

    letters.unlink()
    site.act("backup")
    [day] = (site.backup / "files/letters/.gone").iterdir()
    day.rename(day.with_name("2026-01-01"))
    assert "Files brought back: 0." in site.act("backup", "restore --files")


def test_the_backup_of_another_site_is_not_mixed_with_it(site):
    (site.backup / "site-id").write_text("another")

    assert "another site" in site.act("backup")
