"""A store in a folder: the embedded default, for one machine."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from storage.store import Growing, Kept, Store


class Folder(Store):
    def __init__(self, place: str, area: str) -> None:
        self.root = Path(place) / area

    def path(self, name: str) -> Path:
        return self.root / name

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        with self.path(name).open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def replace(self, name: str, content: bytes) -> None:
        self._write(name, content, Path.replace)

    def create(self, name: str, content: bytes) -> bool:
        try:
            self._write(name, content, os.link)
        except FileExistsError:
            if not os.path.lexists(self.path(name)):
                raise
            return False
        return True

    def _write(self, name: str, content: bytes, place: Callable[[Path, Path], object]) -> None:
        """Whole at every moment, and on the disk."""
        path = self.path(name)
        _make(path.parent)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with open(draft, "xb", opener=_own) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            place(draft, path)
            fsync(path.parent)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        return self.path(name).exists()

    def delete(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def move(self, name: str, to: str) -> None:
        _make(self.path(to).parent)
        self.path(name).rename(self.path(to))

    def listed(self, folder: str = "") -> Iterator[Kept]:
        for place, inside, names in os.walk(self.root / folder):
            if place == str(self.root):
                inside[:] = [one for one in inside if not one.startswith(".")]
            for name in names:
                path = Path(place, name)
                try:
                    status = path.stat()
                except FileNotFoundError:  # destroyed meanwhile
                    continue
                yield Kept(str(path.relative_to(self.root)), status.st_size, status.st_mtime)

    def grow(self, name: str, *, appended: int, saved: int) -> Growing:
        return _GrowingFile(self.path(name), appended, saved)

    def usage(self) -> tuple[int, int]:
        there = next(one for one in (self.root, *self.root.parents) if one.exists())
        found = shutil.disk_usage(there)
        return found.total, found.free


class _GrowingFile(Growing):
    """Written in its place. Where a process is killed meanwhile, the tail may be torn."""

    def __init__(self, path: Path, appended: int, saved: int) -> None:
        self.path, self.at = path, appended
        _make(path.parent)
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.tail = os.pread(self.file, saved - appended, appended)

    def append(self, data: bytes) -> None:
        self._write(data)
        self.at += len(data)

    def save(self, tail: bytes) -> None:
        self._write(tail)
        os.fsync(self.file)

    def finish(self, tail: bytes) -> None:
        self._write(tail)
        os.ftruncate(self.file, self.at + len(tail))
        os.fsync(self.file)
        fsync(self.path.parent)

    def close(self) -> None:
        os.close(self.file)

    def _write(self, data: bytes) -> None:
        at = self.at
        while data:
            written = os.pwrite(self.file, data, at)
            data, at = data[written:], at + written


def fsync(*paths: str | Path) -> None:
    """Wait until these files, or the lists of names that these folders are, are on the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _make(folder: Path) -> None:
    """It and those above it, each its owner's alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _own(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
