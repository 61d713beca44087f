"""A store keeps bytes by name; what they are, and whose, rows tell. This is the one interface to it.

Letters, exchanged and loaded files, exports, and the site's id lie in it: by default in a folder
(`storage.folder`), by STORAGE_URL in any S3 (`storage.s3`). What a method has returned from is safely
stored. Whatever fails raises OSError, as a disk does: StorageError from an S3, FileNotFoundError where
there is nothing of that name. Nothing is locked here: who may write, rows tell.
"""

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

QUARANTINE = ".quarantine"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the numbers of an OSError that say: no room left
KINDS = {"": "storage.folder.Folder", "s3": "storage.s3.S3"}  # by the scheme of STORAGE_URL


class StorageError(OSError):
    """A storage that is not a disk: it is away, or refuses."""


def is_of_storage(error: OSError) -> bool:
    """Whether it is the storage that failed: not a client's connection, and no file that is not there."""
    return isinstance(error, StorageError) or error.errno in FULL


class Kept(NamedTuple):
    name: str
    size: int
    written: float  # seconds since 1970


class Growing(ABC):
    """What grows from its end, and cannot be read before it is finished. One process writes at a time."""

    tail: bytes  # at the opening: what was saved last behind what was appended

    @abstractmethod
    def append(self, data: bytes) -> None:
        """It is stored with the next `save` or `finish`, and stays as it is."""

    @abstractmethod
    def save(self, tail: bytes) -> None:
        """What was appended is safely stored, and this behind it, which other bytes will replace."""

    @abstractmethod
    def finish(self, tail: bytes) -> None:
        """It is whole, and ends with this."""

    def close(self) -> None:  # noqa: B027 - not everything holds something
        """What was not saved is lost."""

    def forget(self) -> None:  # noqa: B027
        """Once a row says that it is whole: what only went with its growing can go."""


class Store(ABC):
    """An area of the storage. Names are paths with slashes; those in folders that begin with a dot are
    listed when these are asked for."""

    @abstractmethod
    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """So many bytes from there, or fewer where it ends."""

    @abstractmethod
    def replace(self, name: str, content: bytes) -> None:
        """In the place of what may be there; who reads it sees all of before or all of after."""

    @abstractmethod
    def create(self, name: str, content: bytes) -> bool:
        """Unless there is something of that name: then False, and it stays."""

    @abstractmethod
    def exists(self, name: str) -> bool: ...

    @abstractmethod
    def delete(self, name: str) -> None:
        """Whether or not it is there."""

    @abstractmethod
    def move(self, name: str, to: str) -> None:
        """To a name at which nothing is."""

    @abstractmethod
    def listed(self, folder: str = "") -> Iterator[Kept]:
        """All that lies in it and below it, by its name from the top."""

    @abstractmethod
    def grow(self, name: str, *, appended: int, saved: int) -> Growing:
        """Go on where so many bytes were appended, and so many in all were saved; 0 for what is new."""

    def abandon(self, name: str) -> None:  # noqa: B027 - in a folder it is the file itself
        """What has grown of it and is not finished goes, too."""

    def unfinished(self) -> Iterator[Kept]:
        """What grows and is not in the list of what lies there."""
        return iter(())

    def keeps_versions(self) -> bool:
        """Whether what is deleted or replaced stays for a while."""
        return False

    def usage(self) -> tuple[int, int] | None:
        """Bytes in all, and those that are free; None where that has no meaning."""
        return None


def store(area: str) -> Store:
    """The store of "letters" and "stored" files; "" for what belongs to the site."""
    return _store(str(settings.STORAGE_URL), area)


@lru_cache(maxsize=100)
def _store(url: str, area: str) -> Store:
    scheme, separator, _ = url.partition("://")
    return import_string(KINDS[scheme if separator else ""])(url, area)


os.register_at_fork(after_in_child=_store.cache_clear)  # no connection is shared by two processes
