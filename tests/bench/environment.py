"""Where a benchmark runs: the site's own settings for production, with a folder and a database that
are its own and gone afterwards.

PostgreSQL when one can be had (see tests/postgres.py; one started there does not wait for the disk,
which is the same for everything that is compared), else SQLite.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests import migrated, static_files
from tests.bench.processes import parent_of
from tests.postgres import NoPostgres, postgres

LEFT_OUT = (
    "ALLOWED_HOSTS DEBUG DEMO MASTER_KEYS MFA_REQUIRED "
    "PEPPER_KEYS SECRET_KEY SITE_URL STORAGE_URL TRUSTED_PROXIES"
)

# Pages name their style sheets by the content's hash, so the files must be there; nobody asks for
# them here, so they need not be compressed, which takes ten seconds.
PLAIN = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}


@contextmanager
def environment(*, server: bool = True) -> Iterator[None]:
    """Set Django up as in production; afterwards remove all that was written.

    Without a `server` it is SQLite in any case.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        prepared(),
        _database() if server else nullcontext("") as url,
    ):
        for name in LEFT_OUT.split():
            os.environ.pop(name, None)
        os.environ["DATA_DIR"] = folder
        os.environ["STATIC_DIR"] = f"{folder}/static"
        if not url:
            migrated.copy_to(Path(folder) / "portal.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        if url:
            os.environ["DATABASE_URL"] = url
        else:
            os.environ.pop("DATABASE_URL", None)
        django.setup()
        call_command("migrate", verbosity=0)  # notes keys and site
        with override_settings(STORAGES=settings.STORAGES | PLAIN):
            static_files.collect()
        try:
            yield
        finally:
            connections.close_all()


@contextmanager
def prepared() -> Iterator[None]:
    """What is made once (tests/migrated.py, tests/static_files.py) is that of the run around, or goes with this."""
    if "PREPARED_DIR" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="prepared-") as folder:
        os.environ["PREPARED_DIR"] = folder
        yield
        del os.environ["PREPARED_DIR"]


@contextmanager
def one_server() -> Iterator[None]:
    """Every benchmark that is run meanwhile makes its database on one server, where one can be had."""
    with prepared(), ExitStack() as stack:
        if url := _server(stack):
            os.environ["DATABASE_URL"] = url
        yield


def database_name() -> str:
    return {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def analyze() -> None:
    """Let the database look at what was just written in bulk, as it does by itself in time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def migrated_database(name: str) -> Iterator[str]:
    """The address of a database beside the one of this run, as `migrate` leaves it, of no site yet."""
    url = os.environ.get("DATABASE_URL", "")
    if url:
        with _created(url, f"{urlsplit(url).path[1:]}_{name}") as another:
            yield another
        return
    file = Path(os.environ["DATA_DIR"]) / f"{name}.sqlite3"
    migrated.copy_to(file)
    yield f"sqlite:///{file}"


@contextmanager
def another_database(name: str) -> Iterator[str]:
    """The same, for the files of this run's site."""
    with migrated_database(name) as another:
        same_site = (
            "from core.models import SiteIdentity; from core.site_identity import of_the_storage; "
            "SiteIdentity.objects.create(site_id=of_the_storage())"
        )
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", same_site]
        subprocess.run(command, env=os.environ | {"DATABASE_URL": another}, check=True)
        yield another


def database_process() -> int | None:
    """The process of the PostgreSQL server, where it runs on this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    try:
        return parent_of(backend)
    except OSError:
        return None


@contextmanager
def _database() -> Iterator[str]:
    """Yield the address of a PostgreSQL database of its own; an empty text when there is no server."""
    with ExitStack() as stack:
        url = _server(stack)
        if url:
            url = stack.enter_context(_created(url, f"bench_{os.getpid()}"))
        yield url


@contextmanager
def _created(url: str, name: str) -> Iterator[str]:
    _tell(url, f"CREATE DATABASE {name} TEMPLATE {migrated.template(url)}")
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        _tell(url, f"DROP DATABASE {name} WITH (FORCE)")


def _server(stack: ExitStack) -> str:
    try:
        return stack.enter_context(postgres())
    except NoPostgres as reason:
        print(f"PostgreSQL: {reason}. SQLite is taken in its place.", file=sys.stderr)
        return ""


def _tell(url: str, statement: str) -> None:
    with closing(psycopg2.connect(urlsplit(url)._replace(scheme="postgresql").geturl())) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
