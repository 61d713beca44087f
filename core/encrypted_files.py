"""Files on the disk, encrypted in authenticated pieces, of any size in flat memory.

Each piece is encrypted by itself (`core.encryption`), bound to its file, its place and whether it is the
last: a piece that was cut off, swapped, reordered or altered is refused, and any range can be read without
the rest. A file grows from its end, in one go or in many: what `Writer.save` has returned from is on the
disk, and a process that is killed loses at most what came after. Nobody can read a file before
`Writer.finish` has made it whole. To destroy a file its wrapped key goes first: the rest is noise.
"""

import fcntl
import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import encryption
from core.disk import fsync
from core.encryption import OVERHEAD, CannotOpen
from core.errors import log_error
from core.models import EncryptedFile

PIECE = 1024 * 1024  # bytes of plaintext
STORED = PIECE + OVERHEAD  # bytes that a whole piece takes on the disk

DESTROYED = "This file has been destroyed."
NOT_WHOLE = "This file is not whole yet."
UNREADABLE = "This file cannot be read at the moment. Try again later."


class Busy(Exception):
    """Another process is writing to this file, or has just made it whole."""


def begin() -> EncryptedFile:
    """A new file, to be written by a `Writer`."""
    stored = EncryptedFile()
    _, stored.master_key_id, stored.wrapped_key = encryption.new_key(aad=_key_of(stored.pk))
    stored.save()
    return stored


def keep(chunks: Iterable[bytes]) -> EncryptedFile:
    """A whole file of these bytes. When anything fails, nothing is left. May raise OSError."""
    stored = begin()
    try:
        with Writer(stored) as writer:
            for chunk in chunks:
                writer.write(chunk)
            writer.finish()
    except BaseException:
        path_of(stored).unlink(missing_ok=True)
        stored.delete()
        raise
    return stored


class Writer:
    """Appends to a file that is not whole, one process at a time: raises Busy for another, and for a whole one.

    It begins where the last `save` ended (`stored.size`). May raise CannotOpen, as when the file is
    dropped meanwhile, and OSError, as when the disk is full: what was saved before stays as it was.
    """

    def __init__(self, stored: EncryptedFile) -> None:
        self.stored = stored
        self.key = _key(stored)
        self.file = open_alone(stored)
        try:
            self._as_it_is_now()
            self.number = stored.size // PIECE  # of the piece that is being filled
            self.tail = self._stored_tail()
        except BaseException:
            self.close()
            raise
        self.digest = None if stored.size else hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def _as_it_is_now(self) -> None:
        try:
            self.stored.refresh_from_db()  # another may have written since …
        except EncryptedFile.DoesNotExist:  # … or dropped it
            if not os.fstat(self.file).st_size:  # it was made by opening it
                path_of(self.stored).unlink(missing_ok=True)
            raise CannotOpen(DESTROYED) from None
        if self.stored.whole_at:
            raise Busy

    def close(self) -> None:
        """What was not saved is lost."""
        os.close(self.file)  # and with it goes the lock

    def write(self, data: Any) -> int:
        if self.digest:
            self.digest.update(data)
        self.tail += data
        view = memoryview(self.tail)
        at = 0
        # A whole piece stays in hand until more follows: it may be the last.
        while len(view) - at > PIECE:
            self._store(bytes(view[at : at + PIECE]))
            at += PIECE
            self.number += 1
        view.release()
        del self.tail[:at]
        return len(data)

    @property
    def size(self) -> int:
        return self.number * PIECE + len(self.tail)

    def save(self) -> None:
        """What was written so far is on the disk, and counts."""
        if self.size == self.stored.size:
            return
        self._store(bytes(self.tail))
        os.fsync(self.file)
        self._say(size=self.size)

    def finish(self) -> None:
        """The file is whole: its last piece says so, and its digest is known."""
        self._store(bytes(self.tail), last=True)
        os.ftruncate(self.file, self.number * STORED + len(self.tail) + OVERHEAD)
        os.fsync(self.file)
        fsync(path_of(self.stored).parent)
        self.stored.size = self.size
        sha256 = self.digest.hexdigest() if self.digest else _digest(self.stored, self.key)
        self._say(size=self.size, sha256=sha256, whole_at=timezone.now())

    def _say(self, **facts: Any) -> None:
        for name, value in facts.items():
            setattr(self.stored, name, value)
        if not EncryptedFile.objects.filter(pk=self.stored.pk).update(**facts):  # dropped meanwhile
            raise CannotOpen(DESTROYED)

    def _store(self, plain: bytes, *, last: bool = False) -> None:
        aad = _piece_of(self.stored.pk, self.number, last)
        encrypted = encryption.encrypt(self.key, plain, aad=aad)
        at = self.number * STORED
        while encrypted:
            written = os.pwrite(self.file, encrypted, at)
            encrypted, at = encrypted[written:], at + written

    def _stored_tail(self) -> bytearray:
        """The piece that is not full yet. A process killed in the middle of writing it has lost it."""
        if not self.stored.size:
            return bytearray()
        self.number = (self.stored.size - 1) // PIECE  # a full piece may be the last
        length = self.stored.size % PIECE or PIECE
        encrypted = os.pread(self.file, length + OVERHEAD, self.number * STORED)
        try:
            aad = _piece_of(self.stored.pk, self.number, False)
            return bytearray(encryption.decrypt(self.key, encrypted, aad=aad))
        except CannotOpen:
            self._say(size=self.number * PIECE)
            return self._stored_tail()


def open_stored(stored: EncryptedFile) -> io.BufferedReader:
    """The file, to be read and sought in. Raises CannotOpen, also while it is read."""
    return io.BufferedReader(_Reader(stored), buffer_size=PIECE)


def stream(stored: EncryptedFile, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` up to `stop`, in parts. Raises CannotOpen, at once for what is not whole
    or destroyed, and while it is read for what was altered."""
    if not stored.whole_at:
        raise CannotOpen(NOT_WHOLE)
    stop = stored.size if stop is None else min(stop, stored.size)
    return _pieces(stored, _key(stored), start, stop)


def destroy(stored: EncryptedFile) -> None:
    """For good: the key first, then what is stored. Its row stays: there was such a file."""
    stored.wrapped_key, stored.master_key_id = None, ""
    stored.save(update_fields=["wrapped_key", "master_key_id"])
    path = path_of(stored)  # known by its row, which may be gone by then
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def drop(stored: EncryptedFile | None) -> None:
    """Destroy it, if there is one, and its row with it. What still points to it must let go of it."""
    if stored is not None:
        with transaction.atomic():
            destroy(stored)
            stored.delete()


def open_alone(stored: EncryptedFile) -> int:
    """Its file on the disk: until it is closed, nobody else writes to it. Raises Busy, OSError."""
    path = path_of(stored)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise Busy from None
    return file


def folder() -> Path:
    return Path(settings.ENCRYPTED_FILES_DIR)


def path_of(stored: EncryptedFile) -> Path:
    return folder() / name_of(stored.pk)


def name_of(pk: UUID) -> str:
    return f"{str(pk)[:2]}/{pk}"


def known() -> dict[str, bool]:
    """The name of every file that is not destroyed -> whether it must be there; one may not be begun."""
    rows = EncryptedFile.objects.filter(wrapped_key__isnull=False).order_by()
    return {name_of(pk): whole is not None for pk, whole in rows.values_list("pk", "whole_at")}


class _Reader(io.RawIOBase):
    def __init__(self, stored: EncryptedFile) -> None:
        super().__init__()
        if not stored.whole_at:
            raise CannotOpen(NOT_WHOLE)
        self.stored, self.key, self.at = stored, _key(stored), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.stored.size}[whence]
        self.at = max(0, base + offset)
        return self.at

    def readinto(self, buffer: Any) -> int:
        stop = min(self.at + len(buffer), self.stored.size)
        data = next(_pieces(self.stored, self.key, self.at, stop), b"")
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


def _pieces(stored: EncryptedFile, key: bytes, start: int, stop: int) -> Iterator[bytes]:
    last = max(0, stored.size - 1) // PIECE
    try:
        with path_of(stored).open("rb", buffering=0) as file:
            while start < stop or (not stored.size and start == 0 == stop):
                number = start // PIECE
                file.seek(number * STORED)
                aad = _piece_of(stored.pk, number, number == last)
                plain = encryption.decrypt(key, file.read(STORED), aad=aad)
                if number == last and number * PIECE + len(plain) != stored.size:
                    raise CannotOpen(encryption.DAMAGED)
                part = plain[start - number * PIECE : stop - number * PIECE]
                if not part:
                    return
                yield part
                start += len(part)
    except OSError as error:
        log_error(error, f"encrypted file {stored.pk}")
        raise CannotOpen(UNREADABLE) from None


def _digest(stored: EncryptedFile, key: bytes) -> str:
    """Of what is stored, read back from the disk."""
    digest = hashlib.sha256()
    for part in _pieces(stored, key, 0, stored.size):
        digest.update(part)
    return digest.hexdigest()


def _key(stored: EncryptedFile) -> bytes:
    if stored.wrapped_key is None:
        raise CannotOpen(DESTROYED)
    return encryption.unwrap(stored.master_key_id, stored.wrapped_key, aad=_key_of(stored.pk))


def _key_of(file_id: UUID) -> bytes:
    return f"data key of kept file {file_id}".encode()


def _piece_of(file_id: UUID, number: int, last: bool) -> bytes:
    return f"piece {number}{', the last,' if last else ''} of kept file {file_id}".encode()


KEYS = encryption.WrappedKeys(EncryptedFile, _key_of, begun="begun_at")
