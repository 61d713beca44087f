"""The real worker, as its supervisor runs it, and as `kill -9` ends it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

COMMAND = [sys.executable, "manage.py", "db_worker", "--no-reload", "--no-startup-delay"]


class Worker:
    """`manage.py db_worker` in a process of its own. `started_at` is when it was started last."""

    def __init__(self) -> None:
        self.log = settings.DATA_DIR / "worker.log"
        self.start()

    def start(self) -> None:
        self.started_at = timezone.now()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                COMMAND, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """At once, with no chance to put anything in order."""
        self.process.kill()
        self.process.wait()


@contextmanager
def worker() -> Iterator[Worker]:
    """A worker that is gone with the block."""
    one = Worker()
    try:
        yield one
    finally:
        one.kill()


def tail(log: Path, lines: int = 30) -> str:
    """The end of its log: for whoever looks into what the drill found."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
