"""The database that `migrate` leaves, made once for a whole run, and copied by whoever needs one of its own.

It is of no site yet, and no key is noted in it: `migrate` there, or the first start, notes them. All processes of a
run find it by the environment (PREPARED_DIR): a file of SQLite, or beside each PostgreSQL a database of this name.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg2
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.models.signals import post_migrate

from tests.migrations import there
from tests.tracked import ROOT, text_of


def copy_to(file: Path) -> None:
    """A database of SQLite, in this file."""
    made = Path(os.environ["PREPARED_DIR"]) / f"{_name()}.sqlite3"
    with _alone():
        if not made.exists():
            half = made.with_suffix(".half")
            half.unlink(missing_ok=True)
            _migrate(f"sqlite:///{half}")
            half.rename(made)
    file.parent.mkdir(parents=True, exist_ok=True)
    for more in ("-wal", "-shm"):
        Path(f"{file}{more}").unlink(missing_ok=True)
    shutil.copy(made, file)  # with its rights, which are its owner's alone


def template(url: str) -> str:
    """The database of this server of which others are made: CREATE DATABASE … TEMPLATE."""
    name = _name()
    with _alone():
        if not _tell(url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            _tell(url, f"DROP DATABASE IF EXISTS {name}_half WITH (FORCE)")
            _tell(url, f"CREATE DATABASE {name}_half")
            _migrate(urlsplit(url)._replace(path=f"/{name}_half").geturl())
            _tell(url, f"ALTER DATABASE {name}_half RENAME TO {name}")
    return name


def forget(url: str) -> None:
    """At the end of a run, on a server that goes on."""
    with suppress(psycopg2.OperationalError):
        _tell(url, f"DROP DATABASE IF EXISTS {_name()}")


def _name() -> str:
    """By all that `migrate` reads, so that nothing older is ever taken."""
    read = repr(there()) + text_of("requirements/run.txt")
    return "migrated_" + sha256(read.encode()).hexdigest()[:12]


@contextmanager
def _alone() -> Iterator[None]:
    folder = Path(os.environ["PREPARED_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tell(url: str, statement: str) -> list[tuple]:
    with closing(psycopg2.connect(urlsplit(url)._replace(scheme="postgresql").geturl())) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def _migrate(url: str) -> None:
    """In a process of its own, with keys and a folder that are gone afterwards."""
    own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings", "STORAGE_URL": ""}
    with tempfile.TemporaryDirectory(prefix="migrated-") as folder:
        own |= {"DATA_DIR": folder, "STATIC_DIR": folder}
        subprocess.run(
            [sys.executable, "-m", "tests.migrated"], cwd=ROOT, env=os.environ | own, check=True
        )


def main() -> None:
    os.umask(0o077)  # as manage.py
    django.setup()
    post_migrate.disconnect(dispatch_uid="portal.start", sender=apps.get_app_config("core"))
    call_command("migrate", verbosity=0)
    connections.close_all()


if __name__ == "__main__":
    main()
