"""Processes that a benchmark starts, and never leaves behind."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

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
