"""The start: production settings pass Django's own check, and a wrong value says what to do."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent


def manage(*words: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_has_nothing_against_the_production_settings(tmp_path):
    done = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        data_dir=tmp_path,
        SITE_URL="https://direct.example.org",
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("SITE_URL", "direct.example.org", "SITE_URL must be the address that people type"),
        ("PEPPER_KEYS", "1:short", "Make one with"),
        ("MASTER_KEYS", "nothing", "Make one with"),
    ],
)
def test_a_wrong_value_stops_the_start_and_says_what_to_do(variable, value, remedy, tmp_path):
    done = manage("check", data_dir=tmp_path, **{variable: value})

    assert done.returncode != 0
    assert remedy in done.stderr


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path):
    manage("check", data_dir=tmp_path)
    made = (tmp_path / "keys.json").read_bytes()
    manage("check", data_dir=tmp_path)

    assert (tmp_path / "keys.json").read_bytes() == made
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_psycopg_3_is_not_there():
    """Django would use it instead of psycopg2, without a word."""
    assert importlib.util.find_spec("psycopg") is None
