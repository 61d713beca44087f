"""The disk: when a file is really on it, and when it is full."""

import errno
import os
from pathlib import Path

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the numbers of an OSError that say so


def fsync(*paths: str | Path) -> None:
    """Wait until these files, or the lists of names that these folders are, are on the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
