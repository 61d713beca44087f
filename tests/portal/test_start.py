"""Website, worker, `check` and readiness refuse keys and a DATA_DIR that are not the site's: real
processes, each told by its environment which keys, folder and database it has."""

import base64
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client

from core import encrypted_files, key_fingerprints, site_identity
from core.encryption import WrongKey
from core.models import EncryptedFile, KeyFingerprint, SiteIdentity
from portal import key_rotation, start
from portal.key_rotation import KINDS
from portal.keys import next_id
from portal.start import CannotStart
from tests import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = ["manage.py", "db_worker", "--batch", "--interval", "0", "--no-startup-delay", "-v", "0"]
CHECK = ["manage.py", "check"]
DOES = {  # what a process does -> its words
    "check": CHECK,
    "worker": WORKER,
    "load": ["manage.py", "load", "centres", "none.csv"],
    "migrate": ["manage.py", "migrate", "-v", "0"],
}


def written(key_id: str, byte: bytes) -> str:
    return f"{key_id}:{base64.b64encode(byte * 32).decode()}"


KEYS = {
    "SECRET_KEY": "the key of a test, and long enough for all that is asked of one, 2026",
    "MASTER_KEYS": written("1", b"m"),
    "PEPPER_KEYS": written("1", b"p"),
}


def run(words: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess:
    stored = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**stored, **KEYS, "DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def serve(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """gunicorn, which ends by itself when it is refused; else this fails for having waited."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    return run(words, folder, **environment)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A site of its own, migrated with its keys."""
    folder = tmp_path_factory.mktemp("site")
    migrated.copy_to(folder / "portal.sqlite3")
    done = run(["manage.py", "migrate", "-v", "0"], folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture
def site(made, tmp_path) -> Path:
    folder = tmp_path / "site"
    shutil.copytree(made, folder)
    return folder


def test_with_its_own_keys_and_folder_it_starts(site):
    for words in (CHECK, WORKER):
        done = run(words, site)
        assert (done.returncode, done.stderr.count("portal.E001")) == (0, 0), done.stderr


@pytest.mark.parametrize("what", DOES)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MASTER_KEYS": written("1", b"x")}, "Key 1 of MASTER_KEYS is another than this site's"),
        ({"PEPPER_KEYS": written("1", b"x")}, "Key 1 of PEPPER_KEYS is another than this site's"),
        ({"PEPPER_KEYS": written("2", b"x")}, "Key 1 of PEPPER_KEYS is missing"),
        ({"SECRET_KEY": "s" * 60}, "SECRET_KEY is another than this site's"),
    ],
    ids=["master", "pepper", "missing", "secret"],
)
def test_another_key_is_refused_with_a_sentence_and_is_not_shown(site, what, wrong, said):
    done = run(DOES[what], site, **wrong)

    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    for value in (*wrong.values(), *KEYS.values()):
        assert value.removeprefix("1:") not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "wrong", [{"MASTER_KEYS": written("1", b"x")}, {"PEPPER_KEYS": written("1", b"x")}]
)
def test_the_website_does_not_start_with_another_key(site, wrong):
    done = serve(site, **wrong)

    assert done.returncode != 0
    assert "is another than this site's. Put the site's own in its place" in done.stderr
    assert all(value not in done.stderr for value in wrong.values())


def test_a_database_of_another_site_is_refused_by_website_worker_and_check(site, made, tmp_path):
    other = tmp_path / "other"
    migrated.copy_to(other / "portal.sqlite3")
    run(["manage.py", "migrate", "-v", "0"], other)
    database = {"DATABASE_URL": f"sqlite:///{other}/portal.sqlite3"}

    for done in (run(CHECK, site, **database), run(WORKER, site, **database)):
        assert done.returncode == 1
        assert "The database belongs to another site than the storage" in done.stderr
        assert "manage.py site --pair" in done.stderr
    served = serve(site, **database)
    assert served.returncode != 0 and "another site than the storage" in served.stderr


def test_so_is_a_folder_whose_disk_is_not_mounted_and_an_empty_database(site, tmp_path):
    database = {"DATABASE_URL": f"sqlite:///{site}/portal.sqlite3"}
    done = run(WORKER, tmp_path / "empty", **database)
    assert done.returncode == 1 and "the storage has no file site-id" in done.stderr

    empty = {"DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3"}
    done = run(["manage.py", "migrate", "-v", "0"], site, **empty)
    assert done.returncode == 0
    assert "The storage belongs to a site, and the database to none" in done.stderr
    assert not (tmp_path / "new.sqlite3").stat().st_mode & 0o077
    assert run(WORKER, site, **empty).returncode == 1


def test_who_brought_them_together_on_purpose_says_so_and_no_other_copy_fits(site, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(site, copy)
    (site / "site-id").unlink()
    assert run(["manage.py", "site"], site).returncode == 1

    assert run(["manage.py", "site", "--pair"], site).returncode == 0
    assert "of one site" in run(["manage.py", "site"], site).stdout
    assert run(WORKER, site).returncode == 0
    database = {"DATABASE_URL": f"sqlite:///{site}/portal.sqlite3"}
    assert run(WORKER, copy, **database).returncode == 1


def test_a_secret_key_that_was_changed_on_purpose_is_accepted(site):
    new = {"SECRET_KEY": "another key of a test, and long enough for all that is asked, 2026"}
    assert run(CHECK, site, **new).returncode == 1

    assert run(["manage.py", "keys", "accept", "secret"], site, **new).returncode == 0
    assert run(CHECK, site, **new).returncode == 0
    assert run(CHECK, site).returncode == 1


def test_the_first_start_of_a_machine_with_another_site_s_keys_is_refused_by_what_is_stored(site):
    """As after an upgrade, when no key is noted yet."""
    keep = "from core.encrypted_files import keep; from core.models import KeyFingerprint; "
    keep += "keep([b'x']); KeyFingerprint.objects.all().delete()"
    assert run(["manage.py", "shell", "-v", "0", "-c", keep], site).returncode == 0

    done = run(WORKER, site, MASTER_KEYS=written("1", b"x"))
    assert done.returncode == 1
    assert "Key 1 of MASTER_KEYS opens nothing of what this site has stored" in done.stderr
    done = run(WORKER, site, MASTER_KEYS=written("2", b"x"))
    assert "Key 1 of MASTER_KEYS is missing, and rows need it" in done.stderr
    assert run(WORKER, site).returncode == 0


# --- In this process ----------------------------------------------------------------------------


def test_readiness_says_why_not_and_health_goes_on(world, settings, client):
    start.require()
    assert (client.get("/health/ready/").status_code, client.get("/health/").status_code) == (
        200,
        200,
    )

    settings.PEPPER_KEYS = {"1": b"x" * 32}
    answer = client.get("/health/ready/")
    assert answer.status_code == 503
    assert answer.text.startswith("not ready: Key 1 of PEPPER_KEYS is another than this site's.")
    assert client.get("/health/").status_code == 200


def test_while_the_database_is_away_the_website_starts_and_is_not_ready(transactional_db, caplog):
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "/there/is/none"
    try:
        start.require_or_wait()
        assert Client(raise_request_exception=False).get("/health/ready/").status_code == 503
    finally:
        connection.settings_dict["NAME"] = name
    assert "The database is away" in caplog.text


def test_what_is_refused_notes_nothing(db, settings):
    start.require()
    settings.PEPPER_KEYS = {"2": b"n" * 32}

    with pytest.raises(CannotStart, match="Key 1 of PEPPER_KEYS is missing"):
        start.require()
    assert key_fingerprints.ids("PEPPER_KEYS") == {"1"}
    assert KeyFingerprint.objects.get(setting="PEPPER_KEYS").refused_at


def test_the_board_reads_of_a_worker_that_the_check_refused(db, settings):
    start.require()
    settings.PEPPER_KEYS = {"2": b"n" * 32}

    [error] = start.check()
    assert error.msg.startswith("Key 1 of PEPPER_KEYS is missing")
    assert KeyFingerprint.objects.get(setting="PEPPER_KEYS").refused_at


def test_a_new_key_behind_or_before_the_old_ones_is_noted(db, settings):
    start.require()
    settings.PEPPER_KEYS = {"2": b"n" * 32, **settings.PEPPER_KEYS}
    start.require()
    settings.PEPPER_KEYS = {**settings.PEPPER_KEYS, "2": b"x" * 32}

    with pytest.raises(CannotStart, match="Key 2 of PEPPER_KEYS is another"):
        start.require()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there")
@pytest.mark.django_db(transaction=True)
def test_of_two_first_starts_with_different_keys_one_is_refused_whole(settings, letters_folder):
    """The second waits for the first: never the master key of the one and the pepper of the other."""
    SiteIdentity.objects.all().delete()
    (letters_folder.parent / "site-id").unlink()
    ours = settings.MASTER_KEYS
    refused: list[str] = []

    def second() -> None:
        try:
            start.require()
        except CannotStart as error:
            refused.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        start.require()
        settings.MASTER_KEYS = settings.PEPPER_KEYS = {"1": b"x" * 32}
        other.start()
        _until_somebody_waits_for_a_lock()
    other.join()

    [words] = refused
    assert "Key 1 of MASTER_KEYS is another" in words and "Key 1 of PEPPER_KEYS is another" in words
    settings.MASTER_KEYS = ours
    assert [one.setting for one in key_fingerprints.misfits()] == ["PEPPER_KEYS"]
    assert site_identity.disagreement() == ""


def _until_somebody_waits_for_a_lock() -> None:
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01), count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waited")


def test_a_retired_id_is_never_given_to_another_key(db, settings, tmp_path):
    settings.PEPPER_KEYS = {"1": b"a" * 32, "3": b"c" * 32}
    start.require()
    key_fingerprints.retire("PEPPER_KEYS", "3")
    settings.PEPPER_KEYS = {"1": b"a" * 32}

    assert next_id(settings.PEPPER_KEYS) == "2"
    assert key_rotation._next_id(KINDS["pepper"]) == "4"


def test_a_master_key_that_opens_nothing_of_what_is_stored_is_not_accepted(
    db, settings, storage_folder
):
    settings.MASTER_KEYS = {"1": b"a" * 32}
    encrypted_files.keep([b"x"])
    start.require()
    settings.MASTER_KEYS = {"1": b"x" * 32}

    with pytest.raises(key_rotation.CannotRotate, match="opens nothing of what is stored"):
        key_rotation.accept("MASTER_KEYS", "1")
    with pytest.raises(WrongKey):
        encrypted_files.stream(EncryptedFile.objects.get())
