"""Encrypted files, in authenticated pieces, of any size in flat memory.

Each piece is encrypted by itself (`core.encryption`), bound to its file, its place and whether it is the
last: a piece that was cut off, swapped, reordered or altered is refused, and any range can be read without
the rest. A file grows from its end, in one go or in many, on one machine or on several: what `Writer.save`
has returned from is in the storage, and a process that is killed loses at most what came after. Nobody can
read a file before `Writer.finish` has made it whole. To destroy a file its wrapped key goes first: the rest
is noise.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import Any, Self
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core import encryption
from core.encryption import OVERHEAD, CannotOpen
from core.errors import log_error
from core.models import EncryptedFile
from core.write_lease import DESTROYED, Busy, WriteLease
from storage.reading import Reader
from storage.store import Store, store

__all__ = ["DESTROYED", "Busy"]

PIECE = 1024 * 1024  # bytes of plaintext
STORED = PIECE + OVERHEAD  # bytes that a whole piece takes in the storage
AHEAD = 4  # pieces that are read in one go, at most

NOT_WHOLE = "This file is not whole yet."
UNREADABLE = "This file cannot be read at the moment. Try again later."


class CannotReach(CannotOpen):
    """The storage does not give it now: nothing is lost."""


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
        remove(stored)
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
        self.lease = WriteLease(stored)
        try:
            self.key = _key(stored)
            self._go_on()
        except BaseException:
            self.lease.leave()
            raise
        self.digest = None if stored.size else hashlib.sha256()

    def _go_on(self) -> None:
        """From the piece that is not full yet. A process killed in the middle of writing it may have lost it."""
        tail = (self.stored.size - 1) % PIECE + 1 if self.stored.size else 0  # it may be a full one
        self.number = self.stored.size // PIECE - (
            tail == PIECE
        )  # of the piece that is being filled
        whole = self.number * STORED
        saved = whole + tail + OVERHEAD if tail else whole
        self.growing = files().grow(name_of(self.stored.pk), appended=whole, saved=saved)
        self.tail = bytearray()
        try:
            if tail:
                aad = _piece_of(self.stored.pk, self.number, False)
                self.tail += encryption.decrypt(self.key, self.growing.tail, aad=aad)
        except CannotOpen:
            self.growing.close()
            self.lease.say(size=self.number * PIECE)
            self._go_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def close(self) -> None:
        """What was not saved is lost."""
        self.growing.close()
        self.lease.leave()

    def write(self, data: Any) -> int:
        if self.digest:
            self.digest.update(data)
        self.tail += data
        view = memoryview(self.tail)
        at = 0
        try:  # a whole piece stays in hand until more follows: it may be the last
            while len(view) - at > PIECE:
                self.lease.renew()
                self.growing.append(self._encrypted(view[at : at + PIECE]))
                at += PIECE
                self.number += 1
        finally:
            view.release()
            del self.tail[:at]
        return len(data)

    @property
    def size(self) -> int:
        return self.number * PIECE + len(self.tail)

    def save(self) -> None:
        """What was written so far is in the storage, and counts."""
        if self.size != self.stored.size:
            self.lease.renew()
            self.growing.save(self._encrypted(self.tail))
            self.lease.say(size=self.size)

    def finish(self) -> None:
        """The file is whole: its last piece says so. Its digest is known where it came in one go."""
        self.lease.renew()
        self.growing.finish(self._encrypted(self.tail, last=True))
        sha256 = self.digest.hexdigest() if self.digest else ""
        whole = {"size": self.size, "sha256": sha256, "whole_at": timezone.now()}
        self.lease.say(**whole, writer=None, held_until=None)
        self.growing.forget()

    def _encrypted(self, plain: Any, *, last: bool = False) -> bytes:
        aad = _piece_of(self.stored.pk, self.number, last)
        return encryption.encrypt(self.key, bytes(plain), aad=aad)


def open_stored(stored: EncryptedFile) -> io.BufferedReader:
    """The file, to be read and sought in. Raises CannotOpen, also while it is read."""
    if not stored.whole_at:
        raise CannotOpen(NOT_WHOLE)
    key = _key(stored)
    pieces = Reader(stored.size, lambda start: _pieces(stored, key, start, stored.size))
    return io.BufferedReader(pieces, buffer_size=PIECE)


def stream(stored: EncryptedFile, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` up to `stop`, in parts. Raises CannotOpen, at once for what is not whole
    or destroyed, and while it is read for what was altered."""
    if not stored.whole_at:
        raise CannotOpen(NOT_WHOLE)
    stop = stored.size if stop is None else min(stop, stored.size)
    return _pieces(stored, _key(stored), start, stop)


def know_digest(stored: EncryptedFile) -> None:
    """Of what came in many goes it is not known before all of it is read again, which takes long. Raises
    CannotOpen."""
    if not stored.sha256:
        digest = hashlib.sha256()
        for part in stream(stored):
            digest.update(part)
        stored.sha256 = digest.hexdigest()
        stored.save(update_fields=["sha256"])


def destroy(stored: EncryptedFile) -> None:
    """For good: the key first, then what is stored. Its row stays: there was such a file."""
    stored.wrapped_key, stored.master_key_id = None, ""
    stored.save(update_fields=["wrapped_key", "master_key_id"])
    gone = EncryptedFile(pk=stored.pk, whole_at=stored.whole_at)  # its row may be gone by then
    transaction.on_commit(lambda: remove(gone))


def drop(stored: EncryptedFile | None) -> None:
    """Destroy it, if there is one, and its row with it. What still points to it must let go of it."""
    if stored is not None:
        with transaction.atomic():
            destroy(stored)
            stored.delete()


def remove(stored: EncryptedFile) -> None:
    """Off the storage. What cannot be removed now the worker finds later (`core.orphans`)."""
    try:
        files().delete(name_of(stored.pk))
        if not stored.whole_at:
            files().abandon(name_of(stored.pk))
    except OSError as error:
        log_error(error, f"encrypted file {stored.pk}")


def files() -> Store:
    return store("stored")


def name_of(pk: UUID) -> str:
    return f"{str(pk)[:2]}/{pk}"


def known() -> dict[str, bool]:
    """The name of every file that is not destroyed -> whether it must be there; one may not be begun."""
    rows = EncryptedFile.objects.filter(wrapped_key__isnull=False).order_by()
    return {name_of(pk): whole is not None for pk, whole in rows.values_list("pk", "whole_at")}


def _pieces(stored: EncryptedFile, key: bytes, start: int, stop: int) -> Iterator[bytes]:
    last = max(0, stored.size - 1) // PIECE
    ahead = 1  # more and more: who reads on wants the rest, who seeks wants little
    try:
        while start < stop or (not stored.size and start == 0 == stop):
            number = start // PIECE
            many = min(ahead, max(0, stop - 1) // PIECE + 1 - number)
            read = memoryview(files().read(name_of(stored.pk), number * STORED, many * STORED))
            for at in range(0, many * STORED, STORED):
                aad = _piece_of(stored.pk, number, number == last)
                plain = encryption.decrypt(key, bytes(read[at : at + STORED]), aad=aad)
                if number == last and number * PIECE + len(plain) != stored.size:
                    raise CannotOpen(encryption.DAMAGED)
                part = plain[start - number * PIECE : stop - number * PIECE]
                if not part:
                    return
                yield part
                start += len(part)
                number += 1
            ahead = min(2 * ahead, AHEAD)
    except OSError as error:
        log_error(error, f"encrypted file {stored.pk}")
        raise CannotReach(UNREADABLE) from None


def _key(stored: EncryptedFile) -> bytes:
    if stored.wrapped_key is None:
        raise CannotOpen(DESTROYED)
    return encryption.unwrap(stored.master_key_id, stored.wrapped_key, aad=_key_of(stored.pk))


def _key_of(file_id: UUID) -> bytes:
    return f"data key of kept file {file_id}".encode()


def _piece_of(file_id: UUID, number: int, last: bool) -> bytes:
    return f"piece {number}{', the last,' if last else ''} of kept file {file_id}".encode()


KEYS = encryption.WrappedKeys(EncryptedFile, _key_of, begun="begun_at")
