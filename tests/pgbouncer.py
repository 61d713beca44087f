"""A pgbouncer for tests, before the database that this process has: in a folder of its own, and gone afterwards.

Its few connections to PostgreSQL take turns (`server_round_robin`), so that what one transaction leaves behind on its
connection is missing for the next.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests.postgres import as_user, ordinary_user

SERVERS = 3  # connections to PostgreSQL
PORT = 6432  # in the name of its socket
PROGRAM = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")


@contextlib.contextmanager
def pgbouncer(pool_mode: str, **options: object) -> Iterator[None]:
    """Django's connection goes through it inside this block."""
    if connection.vendor != "postgresql":
        pytest.skip("pgbouncer stands before PostgreSQL")
    if PROGRAM is None:
        pytest.skip("no pgbouncer is installed")
    connection.close()
    direct = dict(connection.settings_dict)
    server = connection.get_connection_params()
    user = ordinary_user()
    with tempfile.TemporaryDirectory(prefix="pgb-", dir="/tmp") as name:
        folder = Path(name)
        (folder / "pgbouncer.ini").write_text(_settings(server, folder, pool_mode, options))
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
            (folder / "pgbouncer.ini").chmod(0o644)
        process = subprocess.Popen(
            [PROGRAM, "-q", folder / "pgbouncer.ini"], cwd="/", **as_user(user)
        )
        through = {"HOST": name, "PORT": PORT, "OPTIONS": {}, "DISABLE_SERVER_SIDE_CURSORS": True}
        try:
            _wait_for(folder / f".s.PGSQL.{PORT}", process)
            connection.settings_dict.update(through)
            yield
        finally:
            connection.close()
            connection.settings_dict.update({key: direct[key] for key in through})
            process.kill()
            process.wait()


def fill() -> None:
    """All of its connections to PostgreSQL are made, and idle: from now on they take turns."""
    params = {
        key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")
    }
    params["dbname"] = connection.settings_dict["NAME"]
    with contextlib.ExitStack() as stack:
        for _ in range(SERVERS):
            one = stack.enter_context(contextlib.closing(psycopg2.connect(**params)))
            stack.callback(one.commit)
            one.cursor().execute("SELECT 1")  # which begins a transaction, and keeps its connection


def server_pid() -> int:
    """Which of PostgreSQL's processes answers this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _settings(server: dict, folder: Path, pool_mode: str, options: dict[str, object]) -> str:
    where = {name: server[name] for name in ("host", "port", "user", "password") if name in server}
    said = {
        "unix_socket_dir": folder,
        "listen_port": PORT,
        "auth_type": "any",
        "pool_mode": pool_mode,
        "default_pool_size": SERVERS,
        "server_round_robin": 1,
        "query_wait_timeout": 10,
        "logfile": folder / "log",
    } | options
    return "\n".join(
        [
            "[databases]",
            "* = " + " ".join(f"{key}={value}" for key, value in where.items()),
            "[pgbouncer]",
            *(f"{key} = {value}" for key, value in said.items()),
            "",
        ]
    )


def _wait_for(path: Path, process: subprocess.Popen) -> None:
    for _ in range(200):
        assert process.poll() is None, "pgbouncer has ended"
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
            return
        time.sleep(0.05)
    raise AssertionError("pgbouncer does not answer")
