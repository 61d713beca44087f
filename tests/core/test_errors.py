"""An error in whose place people read a sentence is logged, and no log tells what it held."""

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from centres.models import Candidate
from core import encrypted_files, encryption
from core.database_errors import code_of, is_away, may_pass
from core.encryption import CannotOpen
from core.errors import log_error
from tests.layout import packages
from tests.storages import path_of

FAULTS = {"OSError", "DatabaseError", "InterfaceError", "OperationalError", "IntegrityError"}
FAULTS |= {"InvalidTag", "Exception"}
LOGS = {"log_error", "logger", "outage"}
# Where nobody reads a sentence in its place, or the sentence is the log itself.
BESIDE = {
    "core/prepared_queries.py _asked": "asked once more over a new connection, or raised",
    "core/jobs.py do": "run has logged it",
    "core/jobs.py run": "_stop logs it",
    "board/resources.py last_backups": "the page of the state is where it is told",
    "portal/environment.py": "stops the start",
    "core/site_identity.py _disagreement": "stops the start, or is told by readiness",
    "portal/management/commands/site.py handle": "answers a command",
    "portal/keys.py": "stops the start, or answers a command",
    "demo/management/commands/make_cohort.py _new": "answers a command about the file it names",
    "loading/management/commands/load.py _opened": "answers a command about the file it names",
    "loading/management/commands/load.py _faults_file": "answers a command about the file it names",
    "exchange/archives.py part_of": "_damaged raises the disk's own errors, and refuses the rest",
    "exchange/archives.py archive": "the same",
    "exchange/virus_scan.py _connected": "closes the socket, and raises",
    "operations/management/commands/backup.py handle": "answers a command",
    "operations/management/commands/metrics.py handle": "answers a command",
    "operations/management/commands/restore.py handle": "answers a command",
    "operations/metrics/exporter.py round": "_note logs it",
    "operations/static_manifest.py _holds": "readiness says that the file is missing",
    "privacy/management/commands/person.py _export": "answers a command",
    "sealed/boxes.py open_box": "raises in its place; whoever asked says what it means",
    "sealed/management/commands/seal.py _seal": "answers a command about the file it names",
    "sealed/passphrases.py unlock": "a wrong passphrase is no fault, and is recorded",
}


def logged_or_beside(path: Path, root: Path) -> list[str]:
    """The handlers of faults in this file that neither log, nor raise what they caught, nor are known."""
    tree = ast.parse(path.read_text())
    found = []
    for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
        for handler in (one for one in ast.walk(function) if isinstance(one, ast.ExceptHandler)):
            caught = {one.id for one in ast.walk(handler.type or tree) if isinstance(one, ast.Name)}
            inside = [one for line in handler.body for one in ast.walk(line)]
            logs = any(isinstance(one, ast.Name) and one.id in LOGS for one in inside)
            raises = any(isinstance(one, ast.Raise) and one.exc is None for one in inside)
            name = str(path.relative_to(root))
            known = {name, f"{name} {function.name}"} & BESIDE.keys()
            if caught & FAULTS and not (logs or raises or known):
                found.append(f"{name}:{handler.lineno} {function.name}")
    return found


def test_wherever_a_fault_is_caught_it_is_logged(settings):
    root = settings.BASE_DIR
    files = [path for room in packages() for path in sorted((root / room).rglob("*.py"))]

    assert [one for path in files for one in logged_or_beside(path, root)] == []


def test_a_missing_file_leaves_a_line(db, caplog):
    stored = encrypted_files.keep([b"made up"])
    path_of(stored).unlink()

    with pytest.raises(CannotOpen):
        list(encrypted_files.stream(stored))

    assert f"encrypted file {stored.pk}: FileNotFoundError, ENOENT" in caplog.text
    assert "core/encrypted_files.py" in caplog.text and "_pieces" in caplog.text
    assert "test_a_missing_file_leaves_a_line" in caplog.text  # whence it was called


def test_a_damaged_file_leaves_a_line(db, caplog):
    stored = encrypted_files.keep([b"made up"])
    path = path_of(stored)
    path.write_bytes(path.read_bytes()[:-1] + b"?")

    with pytest.raises(CannotOpen):
        list(encrypted_files.stream(stored))

    assert f"of kept file {stored.pk}: cryptography.exceptions.InvalidTag" in caplog.text


def test_a_key_that_is_missing_leaves_a_line(db, caplog, settings):
    stored = encrypted_files.keep([b"made up"])
    settings.MASTER_KEYS = {"other": b"o" * 32}

    with pytest.raises(CannotOpen):
        encrypted_files.stream(stored)

    assert f"of kept file {stored.pk}, wrapped by master key {stored.master_key_id}" in caplog.text


def test_what_a_constraint_quotes_is_not_logged(world, caplog):
    """PostgreSQL says in its error: Key (…)=(…) already exists."""
    told = "MADE UP: Somebody"
    try:
        with transaction.atomic():
            Candidate.objects.create(
                centre=world.main, series=world.series, number=world.candidate.number, name=told
            )
    except IntegrityError as error:
        assert not is_away(error) and not may_pass(error)
        assert code_of(error) in ("23505", "SQLITE_CONSTRAINT_UNIQUE")
        log_error(error, "candidate 7")

    assert "candidate 7: django.db.utils.IntegrityError, " in caplog.text
    assert "centres_candidate" not in caplog.text or "Key (" not in caplog.text
    assert told not in caplog.text and "already exists" not in caplog.text
    assert "UNIQUE constraint failed" not in caplog.text


def test_no_variable_and_no_line_of_code_is_logged(caplog):
    told = "-".join(["MADE", "UP"])
    try:
        encryption.decrypt(b"k" * 32, 5 * told.encode(), aad=b"part 1 of letter file 7")
    except CannotOpen as error:
        log_error(error, "again")

    assert "part 1 of letter file 7" in caplog.text
    assert "behind it: cryptography.exceptions.InvalidTag" in caplog.text
    assert told not in caplog.text and "raise" not in caplog.text
