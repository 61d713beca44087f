"""A small file of secrets: whole at every moment, on the disk, and readable by its owner alone."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from centres.on_disk import settle


def stamp(path: Path) -> tuple[int, ...]:
    """Another one, whenever the file is another."""
    status = path.stat()
    return status.st_mtime_ns, status.st_ino, status.st_size


def make(path: Path, text: str) -> None:
    """Write the file, unless another process has just done so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, text) as draft, suppress(FileExistsError):
        os.link(draft, path)
    settle(path.parent)


def replace(path: Path, text: str) -> None:
    """Who reads it sees all of before or all of after. It stays its owner's, whoever changes it; and
    it is on the disk before anything is written with a new key, which would be lost with it."""
    with _draft(path, text) as draft:
        owner = path.stat()
        if draft.stat().st_uid != owner.st_uid:  # it is changed by root, say
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.rename(path)
    settle(path.parent)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile. Who has waited takes the one that came in its place."""
    while True:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                for left_by_the_killed in path.parent.glob(f".{path.name}.*"):
                    left_by_the_killed.unlink(missing_ok=True)
                yield
                return


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """Beside the file, on the disk, and gone afterwards."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(text)
        settle(draft)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
