"""What all tests share: static files as in production, fresh keys, the cast, letters made for real, a browser."""

import datetime as dt
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.contrib.staticfiles import handlers
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from django.test import Client, TransactionTestCase, testcases
from whitenoise import WhiteNoise

from core import gate_clock
from portal.middleware import SchemaMiddleware
from tests import clocks, migrated, static_files, what_tests_leave
from tests.builders import World, make_board_operator
from tests.letters import ask, issue, letters_folder, letters_kept
from tests.storages import encrypted_folder, s3_server, storage_folder, storages
from tests.two_connections import Somebody

__all__ = [
    "ask",
    "encrypted_folder",
    "issue",
    "letters_folder",
    "letters_kept",
    "s3_server",
    "storage_folder",
    "storages",
]


@pytest.fixture(scope="session", autouse=True)
def static_files_as_in_production():
    """Pages name their style sheets by the content's hash, so the files are collected first.

    pytest-django's live server looks for the files where they were written, under their first
    names; Django's own test handler looks where they were collected.
    """
    static_files.collect()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", static_files.read_once())
        patch.setattr(handlers, "StaticFilesHandler", testcases._StaticFilesHandler)
        yield


@pytest.fixture(scope="session", autouse=True)
def schema_looked_at():
    """As in a process that has answered before: the schema is this code's, and is not looked at again."""
    SchemaMiddleware.fits = True


@pytest.fixture(scope="session", autouse=True)
def just_signed_in():
    """Whom a test signs in by force has given the password a moment ago, like anybody else."""

    def record(sender, request, user, **kwargs):
        if "account_authentication_methods" not in request.session:
            record_authentication(request, user, "password")

    user_logged_in.connect(record, dispatch_uid="tests")
    yield
    user_logged_in.disconnect(dispatch_uid="tests")


@pytest.fixture(scope="session", autouse=True)
def every_database_is_that_of_the_folder():
    """No key is noted, for tests have keys of their own: who wants them noted says so."""
    post_migrate.disconnect(dispatch_uid="portal.start", sender=apps.get_app_config("core"))
    post_migrate.connect(what_tests_leave.belongs_to_the_folder, dispatch_uid="tests.site")
    yield
    post_migrate.disconnect(dispatch_uid="tests.site")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """The database of the tests begins as a copy of one that was migrated for the whole run."""
    if connection.vendor == "postgresql":
        template = migrated.template(os.environ["DATABASE_URL"])
        connection.settings_dict["TEST"]["TEMPLATE"] = template
    else:
        migrated.copy_to(Path(connection.settings_dict["TEST"]["NAME"]))  # xdist makes it a str


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb) -> bool:
    """A file of SQLite is there already, as a copy; it goes with the folder of the run."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database of the tests, whose clock they set: that it is far ahead is no skew."""
    with django_db_blocker.unblock():
        clocks.install()
        what_tests_leave.remember()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate_clock, "MOST_SKEW", dt.timedelta.max)
        patch.setattr(TransactionTestCase, "_fixture_teardown", what_tests_leave.remove)
        yield


@pytest.fixture
def database_clock(db):
    """database_clock(instant): from now on the database's clock says this."""
    yield clocks.set_database_clock
    clocks.set_database_clock(clocks.FAR_AHEAD)


@pytest.fixture
def migrate():
    """migrate([(app, name)]): the models as they are then; everything is applied again at the end."""

    def to(targets):
        MigrationExecutor(connection).migrate(targets)
        return MigrationExecutor(connection).loader.project_state(targets).apps

    yield to
    call_command("migrate", verbosity=0)


@pytest.fixture
def world(db) -> World:
    return World()


@pytest.fixture
def board(client: Client, world: World) -> Client:
    client.force_login(world.board)
    return client


@pytest.fixture
def colleague(world: World) -> Client:
    """Another of the board, in a browser of their own."""
    client = Client()
    client.force_login(make_board_operator("board.second"))
    return client


@pytest.fixture
def first(transactional_db) -> Iterator[Somebody]:
    """Of two who act at once: see `tests.two_connections`."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write after another: nobody can wait for a row")
    somebody = Somebody()
    yield somebody
    somebody.leave()


@pytest.fixture
def second(first) -> Iterator[Somebody]:
    somebody = Somebody()
    yield somebody
    first.leave()
    somebody.leave()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """Debian's own Chromium. Without its sandbox, which root cannot have."""
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}


# Begun first, so that no core is without work at the end: files of minutes, the longest first.
LONGEST = (
    "tests/bench/test_bench.py",
    "tests/journeys/test_every_page.py",
    "tests/drills/test_drills.py",
    "tests/operations/test_releases.py",
    "tests/drills/test_deploy_drill.py",
    "tests/drills/test_upgrades_drill.py",
    "tests/credentials/test_letter_languages.py",
    "tests/sealed/test_one_person.py",
    "tests/sealed/test_two_databases.py",
    "tests/sealed/test_process_ends.py",
    "tests/drills/test_sealed_drill.py",
    "tests/drills/test_restore_drill.py",
    "tests/candidate_site/test_no_address_tells.py",
    "tests/results/test_no_grade_leaves.py",
    "tests/test_sweeps.py",
    "tests/portal/test_start.py",
    "tests/test_pdf_ua.py",
    "tests/results/test_missing.py",
    "tests/credentials/test_letters.py",
    "tests/board/test_four_eyes.py",
    "tests/results/test_page_download.py",
    "tests/journeys/test_journeys.py",
    "tests/journeys/test_exchange_log_in.py",
)


JOURNEYS = ("tests/journeys/", "tests/pictures/")


def _is_a_stray(item: pytest.Item) -> bool:
    """In no round, or in one too many: a second `pytestmark` takes the place of the first."""
    if item.get_closest_marker("browser"):
        return not item.nodeid.startswith(JOURNEYS)
    return item.nodeid.startswith("tests/journeys/")


def _place(item: pytest.Item) -> int:
    file = item.nodeid.partition("::")[0]
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """On a server that goes on, nothing of a run stays."""
    if connection.vendor == "postgresql" and not hasattr(session.config, "workerinput"):
        migrated.forget(os.environ["DATABASE_URL"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what it could answer in another way runs: the rest has run beside SQLite."""
    items.sort(key=_place)
    if strays := [item.nodeid for item in items if _is_a_stray(item)]:
        raise pytest.UsageError(
            f"All of tests/journeys/ bear the mark `browser`, and beside {JOURNEYS} none does: {strays}"
        )
    if connection.vendor != "postgresql":
        return
    chosen = [item for item in items if _asks_postgresql(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _asks_postgresql(item: pytest.Item) -> bool:
    """What touches a database; but not what looks at words, fonts, markup or the form of files alone (`one_database`),
    nor what is kept in an S3 once more: its rows are those of the same test with a folder. With real transactions both
    are asked."""
    marker = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    real = "transactional_db" in fixtures or bool(marker and marker.kwargs.get("transaction"))
    if item.get_closest_marker("one_database") or (parameters.get("storages") == "s3" and not real):
        return False
    return bool(marker or DATABASE_FIXTURES & fixtures)
