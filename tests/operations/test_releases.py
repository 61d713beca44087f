"""Releases: the version has its entry, the release before is in the history, and its code runs on this schema.

A deploy rolls: while it does, both run on the schema of the new one (expand and contract, CONTRIBUTING.md).
"""

import os
import re
import subprocess
import sys
import time
from threading import Timer

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django_migration_linter import MigrationLinter

from board import service_state
from core.models import EncryptedFile
from operations.management.commands.migrate import Command
from tests import previous_release
from tests.migrated import template
from tests.migrations import there
from tests.previous_release import COMMIT, ROOT

# Of the release before: signing in, letters, what candidates see, loads. None that empties the database: it does not
# know the new tables.
ITS_OWN_TESTS = [
    "tests/accounts/test_sign_in.py",
    "tests/candidate_site/test_candidate_site.py",
    "tests/credentials/test_issuing.py",
    "tests/credentials/test_storage.py",
    "tests/loading/test_entries.py",
    "tests/loading/test_results.py",
]


def test_each_version_has_its_entry():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert headings[0] in (f"Unreleased ({settings.VERSION})", settings.VERSION)
    assert headings[1] == f"{settings.PREVIOUS_RELEASE['version']} ({COMMIT[:8]})"


def test_the_release_before_is_in_the_history():
    if not previous_release.is_there():
        pytest.skip(f"this clone is too shallow: git fetch --depth=1 origin {COMMIT}")
    before = previous_release.git("show", f"{COMMIT}:pyproject.toml").stdout.decode()

    assert f'version = "{settings.PREVIOUS_RELEASE["version"]}"' in before
    assert previous_release.migrations() <= there().keys()


def test_the_state_page_names_the_version(db):
    words = next(one.words for one in service_state.state() if one.name == "Version")

    assert words.startswith(f"This server runs {settings.VERSION}. ")


def test_no_new_migration_breaks_the_release_before(db, capsys):
    """django-migration-linter reads the SQL: no column goes or is renamed, none is NOT NULL without a default of the
    database's own, no index is made while its table is locked."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes each changed table anew, which the linter takes for a loss")
    if not previous_release.is_there():
        pytest.skip("this clone is too shallow")
    linter = MigrationLinter(str(ROOT), no_cache=True)
    for path in sorted(there().keys() - previous_release.migrations()):
        app, _, name = path.removesuffix(".py").split("/")
        linter.lint_migration(linter.migration_loader.get_migration(app, name))

    assert linter.nb_total and not linter.nb_erroneous, capsys.readouterr().out


@pytest.fixture
def migrated(tmp_path):
    """A database that this release has migrated; its environment, for the tests of the release before."""
    if not previous_release.is_there():
        pytest.skip("this clone is too shallow")
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one machine, which stops to be upgraded")
    name = f"previous_{os.getpid()}"
    head, _, tail = os.environ["DATABASE_URL"].partition("?")
    server = head.rpartition("/")[0]
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DEMO": "true"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    _run_sql(f"CREATE DATABASE test_{name} TEMPLATE {template(os.environ['DATABASE_URL'])}")
    try:
        yield environment | {"DATABASE_URL": f"{server}/{name}?{tail}"}
    finally:
        _run_sql(f"DROP DATABASE test_{name} WITH (FORCE)")


def _run_sql(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def test_the_code_of_the_release_before_runs_on_this_schema(db, migrated, tmp_path):
    folder = previous_release.check_out(tmp_path / "previous")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *"-q -x -p no:cacheprovider --reuse-db".split(),
            *ITS_OWN_TESTS,
        ],
        cwd=folder,
        env=migrated,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 60


def read() -> None:
    with transaction.atomic():
        EncryptedFile.objects.exists()


def hurried(*pauses: float) -> Command:
    command = Command()
    command.pauses = pauses
    return command


def columns() -> set[str]:
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "core_encryptedfile")
    return {column.name for column in table}


def test_a_migration_waits_for_a_table_for_a_moment_and_tries_again(first, migrate):
    first.begin(read, until="core_encryptedfile")
    begun = time.monotonic()
    with pytest.raises(CommandError, match="could not be had"):
        call_command(hurried(), "core", "0003", verbosity=0)
    assert 2 <= time.monotonic() - begun < 20
    assert "writer" in columns()  # undone, and nobody is kept waiting

    ends = Timer(3, first.finish)
    ends.start()
    call_command(hurried(*[0.2] * 100), "core", "0003", verbosity=0)
    ends.join()
    assert "writer" not in columns()
