"""The site as in production: gunicorn, on a port of this machine alone."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from tests.bench.processes import running

WORKERS = 2


@contextmanager
def serving(
    application: str = "portal.wsgi:application",
    *,
    workers: int = WORKERS,
    code: Path | None = None,
    **options: str,
) -> Iterator[tuple[int, Popen]]:
    """A site with this environment, until the block ends: its port, and gunicorn. `code`: that of another
    folder than this one."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        port, descriptor = listening.getsockname()[1], listening.fileno()
        command = [sys.executable, "-m", "gunicorn", application]
        command += ["--bind", f"fd://{descriptor}", "--workers", str(workers)]
        command += ["--log-level", "warning"]
        with running(command, pass_fds=[descriptor], env=os.environ | options, cwd=code) as process:
            _wait_for(process, port)
            yield port, process


def _wait_for(process: Popen, port: int) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(100):
        if process.poll() is not None:
            break
        try:
            opener.open(f"http://127.0.0.1:{port}/health/", timeout=30).read()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the site did not start")
