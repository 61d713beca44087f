"""Debian's PostgreSQL with pgBackRest, in a temporary folder: every change is archived, and any point can be
restored beside it.

pgBackRest knows the versions of PostgreSQL up to its own day, so it is Debian's with Debian's, not the newest.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tests.postgres import Server, as_user, make_database, ordinary_user

VERSIONS = ("15", "17")  # of Debian 12 and 13
KEEP = "LC_", "LANG", "PG"


def programs() -> Path | None:
    """PostgreSQL's, where pgBackRest is there, too."""
    found = [Path(f"/usr/lib/postgresql/{version}/bin") for version in VERSIONS]
    there = [one for one in found if (one / "initdb").exists()]
    return there[0] if there and shutil.which("pgbackrest") else None


class Archived:
    """A server whose changes are archived, and those that were restored beside it."""

    first: Server

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, programs()
        user = ordinary_user()
        clean = {key: value for key, value in os.environ.items() if not key.startswith(KEEP)}
        self.common = {"cwd": "/", "env": clean | {"LC_ALL": "C"}, **as_user(user)}
        self.owner = (user.pw_uid, user.pw_gid) if user else (os.getuid(), os.getgid())
        os.chown(folder, *self.owner)
        folder.chmod(0o755)
        self.config = folder / "pgbackrest.conf"
        own = {"repo1-path": "repo", "lock-path": "lock", "log-path": "log", "spool-path": "spool"}
        lines = ["[global]", *(f"{name}={self._made(place)}" for name, place in own.items())]
        lines += ["start-fast=y", "repo1-retention-full=2", "log-level-console=error", "[portal]"]
        lines += [f"pg1-path={folder}/data", f"pg1-socket-path={folder}/socket"]
        lines += ["pg1-user=portal", "pg1-database=postgres", ""]
        self.config.write_text("\n".join(lines))
        self.config.chmod(0o644)

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(mode=0o700, exist_ok=True)
        os.chown(path, *self.owner)
        return path

    def pgbackrest(self, *words: str) -> None:
        command = ["pgbackrest", f"--config={self.config}", "--stanza=portal", *words]
        done = subprocess.run(command, capture_output=True, text=True, **self.common)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout[-800:]}{done.stderr[-800:]}")

    def server(self, data: Path, socket: Path, *, archives: bool) -> Server:
        push = f"pgbackrest --config={self.config} --stanza=portal archive-push %p"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": socket,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "fsync": "off",
            "archive_mode": "on" if archives else "off",
            "archive_command": push if archives else "",
            "archive_timeout": "10",
        }
        command = [self.programs / "postgres", "-D", data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        return Server(command, socket, self.folder / f"{data.name}.log", self.common)

    def begin(self) -> Server:
        data, socket = self._made("data"), self._made("socket")
        init = [self.programs / "initdb", "-D", data, "-U", "portal", "--auth=trust", "--no-sync"]
        init += ["--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(init, capture_output=True, check=True, **self.common)
        first = self.server(data, socket, archives=True)
        first.start()
        make_database(socket)
        self.pgbackrest("stanza-create")
        return first

    @contextlib.contextmanager
    def restored(self, at: str, database: str) -> Iterator[str]:
        """The address of this database as it was then, on a server of its own."""
        data, socket = self._made("restored"), self._made("socket2")
        self.pgbackrest(
            f"--pg1-path={data}",
            "--type=time",
            f"--target={at}",
            "--target-action=promote",
            "restore",
        )
        one = self.server(data, socket, archives=False)
        one.start()
        try:
            url = f"postgres://portal@/{database}?host={quote(str(socket), safe='/')}"
            wait_until_it_takes_writes(socket)
            yield url
        finally:
            one.stop()
            shutil.rmtree(data)

    def archive_all(self, socket: Path) -> None:
        """Until all that was written is archived."""
        with contextlib.closing(connect(socket)) as server, server.cursor() as cursor:
            cursor.execute("SELECT pg_walfile_name(pg_switch_wal())")
            [wanted] = cursor.fetchone()
            for _ in range(600):
                cursor.execute("SELECT last_archived_wal FROM pg_stat_archiver")
                if (cursor.fetchone()[0] or "") >= wanted:
                    return
                time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not archive what was written.")


def connect(socket: Path) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(host=str(socket), user="portal", dbname="postgres")
    connection.autocommit = True
    return connection


def wait_until_it_takes_writes(socket: Path) -> None:
    for _ in range(1200):
        with contextlib.closing(connect(socket)) as server, server.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise RuntimeError("The recovery did not end.")


@contextlib.contextmanager
def archived() -> Iterator[Archived]:
    with tempfile.TemporaryDirectory(prefix="pgb-", dir="/tmp", ignore_cleanup_errors=True) as name:
        made = Archived(Path(name))
        first = made.begin()
        made.first = first
        try:
            yield made
        finally:
            first.stop()
