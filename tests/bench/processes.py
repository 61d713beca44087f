"""Processes that a benchmark starts, and never leaves behind."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 30  # seconds to end by itself


@contextmanager
def running(command: Sequence[str], **options) -> Iterator[subprocess.Popen]:
    """A process that ends with the block at the latest."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """The processor time of a process and of its children, those that have ended included."""
    ticks = sum(_ticks(one) for one in (pid, *children(pid)))
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> float:
    """The most memory that a process has had up to now; 0 when it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024  # Linux counts it in KiB
    return 0


def parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(ValueError, OSError):
            if parent_of(int(folder.name)) == pid:
                found.append(int(folder.name))
    return found


def _ticks(pid: int) -> int:
    """Of itself, and of those of its children that have ended."""
    with suppress(OSError):
        return sum(map(int, _stat(pid)[11:15]))
    return 0


def _stat(pid: int) -> list[str]:
    """/proc/<pid>/stat from the state on; the name before it may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
