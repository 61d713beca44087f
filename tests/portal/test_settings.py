"""The start: production settings pass Django's own check, and a wrong value says what to do."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.environment import env, reaches_people

ROOT = Path(__file__).resolve().parent.parent.parent


def manage(*words: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess:
    stored = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**stored, "DATA_DIR": str(data_dir), **environment},
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
        TRUSTED_PROXIES="1",
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("environment", "has_it"),
    [
        ({}, False),
        ({"DEMO": ""}, False),
        ({"DEMO": "true"}, True),
        ({"DEBUG": "true"}, True),
        ({"DEBUG": "true", "DEMO": "false"}, False),
    ],
)
def test_nobody_is_made_up_in_production(environment, has_it, tmp_path):
    done = manage("help", "--commands", data_dir=tmp_path, **environment)

    commands = set(done.stdout.split())
    assert {"load", "keys"} <= commands
    assert commands & {"demo", "make_cohort"} == ({"demo", "make_cohort"} if has_it else set())


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("SITE_URL", "direct.example.org", "SITE_URL must be the address that people type"),
        ("PEPPER_KEYS", "1:short", "Make one with"),
        ("MASTER_KEYS", "nothing", "Make one with"),
        ("SITE_URL", "https://direct.example.org/here", "with nothing behind the host's name"),
        ("MFA_REQUIRED", "ture", "MFA_REQUIRED must be true or false"),
        ("DEBUG", "maybe", "DEBUG must be true or false"),
        ("DEMO", "maybe", "DEMO must be true or false"),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES must be a whole number, 0 or more"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be a whole number, 0 or more"),
        ("CANDIDATE_SESSION_MINUTES", "0", "must be a whole number, 1 or more"),
        ("LETTER_RETENTION_DAYS", "long", "must be a whole number, 0 or more"),
        ("EXCHANGE_FILE_LIMIT", "2 gigabytes", "must be a size such as 500M or 2G"),
        ("EXCHANGE_CENTRE_LIMIT", "0G", "must be a size such as 500M or 2G"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be json or plain"),
        ("SENTRY_DSN", "errors.example.org", "SENTRY_DSN must be an address such as"),
        ("CLAMD", "clamd.ctl", "must say where clamd listens"),
        ("DATABASE_URL", "portal.sqlite3", "DATABASE_URL must name a database"),
        ("STORAGE_URL", "/var/lib/portal", "STORAGE_URL must name a bucket"),
        ("STORAGE_URL", "s3://key:secret@bucket", "without credentials"),
        ("STORAGE_URL", "s3://bucket?endpiont=https://s3.example.org", "must name a bucket"),
        ("BOARD_TIME_ZONE", "Mars/Base", "BOARD_TIME_ZONE must name a time zone"),
        ("BOARD_TIME_ZONE", "Etc/GMT+5", "“Etc/GMT+5” has its sign reversed"),
        ("BOARD_TIME_ZONE", "../etc", "BOARD_TIME_ZONE must name a time zone"),
        ("BOARD_RELEASE_TIME", "6am", "BOARD_RELEASE_TIME must be a time of day, such as 06:00"),
    ],
)
def test_a_wrong_value_stops_the_start_and_says_what_to_do(variable, value, remedy, tmp_path):
    done = manage("check", data_dir=tmp_path, **{variable: value})

    assert done.returncode != 0
    assert remedy in done.stderr


def test_a_setting_may_stand_in_a_file_of_its_own(tmp_path):
    """As secrets stores give it, with a line's end behind it."""
    (tmp_path / "zone").write_text("Mars/Base\n")
    done = manage("check", data_dir=tmp_path, BOARD_TIME_ZONE_FILE=str(tmp_path / "zone"))
    assert "“Mars/Base”" in done.stderr

    done = manage("check", data_dir=tmp_path, SECRET_KEY_FILE=str(tmp_path / "nowhere"))
    assert done.returncode != 0
    assert "SECRET_KEY_FILE names a file that cannot be read" in done.stderr


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path):
    manage("check", data_dir=tmp_path)
    made = (tmp_path / "keys.json").read_bytes()
    manage("check", data_dir=tmp_path)

    assert (tmp_path / "keys.json").read_bytes() == made
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


RACE = """
import sys
from pathlib import Path
from portal.keys import load_or_make

sys.stdin.read()
for number in range(100):
    print(load_or_make(Path(sys.argv[1]) / str(number) / "keys.json"))
"""


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(tmp_path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        process.stdin.close()
    said = set()
    for process in processes:
        said.add(process.stdout.read())
        process.stdout.close()
        assert process.wait() == 0

    assert len(said) == 1
    assert {path.name for path in tmp_path.glob("*/*")} == {"keys.json"}


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_psycopg_3_is_not_there():
    """Django would use it instead of psycopg2, without a word."""
    assert importlib.util.find_spec("psycopg") is None


@pytest.mark.parametrize(
    ("url", "reaches"),
    [
        ("consolemail://", False),
        ("dummymail://", False),
        ("smtp://mail.example.org", True),
        ("smtp+tls://user:password@mail.example.org:587", True),
    ],
)
def test_whether_the_board_has_mail_is_seen_from_its_address(url, reaches):
    backend = env.email_url_config(url)["EMAIL_BACKEND"]

    assert reaches_people(backend) is reaches
