"""The container of a sealed file: ciphertext that the private half of a seal alone opens, in flat memory (rule 28).

Its head is a box with the data key, made for this file and kept nowhere else. Then come pieces of 1 MiB, each
encrypted by itself with AES-256-GCM, bound to the file (`about`), its place and whether it is the last. The content is
padded to a length that tells nothing of it (whoever closes it says which).
"""

import io
import secrets
from collections.abc import Callable, Iterator
from typing import BinaryIO

from core.encryption import OVERHEAD, CannotOpen, decrypt, encrypt
from sealed import boxes
from sealed.boxes import CannotOpenBox
from storage.reading import Reader

MAGIC = b"sealed results, 1\n"
COUNT = 8  # bytes that say how many follow
PIECE = 1024 * 1024  # bytes of plaintext
STORED = PIECE + OVERHEAD
DAMAGED = "The sealed file is damaged, or another stands in its place. Give the results again from their source."


def write(
    write: Callable[[bytes], object], content: memoryview, *, public: bytes, about: str, length: int
) -> None:
    """Close the content, padded with zeros to `length` bytes, to the public half of a seal."""
    if len(content) > length:
        raise ValueError("the content is longer than it may be")
    key = secrets.token_bytes(32)
    box = boxes.close(public, key, about=about)
    write(MAGIC + len(box).to_bytes(COUNT) + box)
    padded = _padded(content, COUNT + length)
    number, piece = 0, next(padded)
    for following in padded:
        write(encrypt(key, piece, aad=_aad(about, number, last=False)))
        number, piece = number + 1, following
    write(encrypt(key, piece, aad=_aad(about, number, last=True)))


def read(stored: BinaryIO, *, private: bytes, about: str) -> io.BufferedReader:
    """The content, to be read and sought in. Raises CannotOpen, also while it is read."""
    head = len(MAGIC) + COUNT
    start = stored.read(head)
    if not start.startswith(MAGIC):
        raise CannotOpen(DAMAGED)
    box = stored.read(int.from_bytes(start[len(MAGIC) :]))
    try:
        key = boxes.open_box(private, box, about=about)
    except CannotOpenBox:
        raise CannotOpen(DAMAGED) from None
    size = stored.seek(0, io.SEEK_END) - head - len(box)
    last = max(0, size - 1) // STORED

    def pieces_from(at: int) -> Iterator[bytes]:
        number, skip = divmod(at, PIECE)
        while number <= last:
            stored.seek(head + len(box) + number * STORED)
            aad = _aad(about, number, last=number == last)
            yield decrypt(key, stored.read(STORED), aad=aad, damaged=DAMAGED)[skip:]
            number, skip = number + 1, 0

    length = int.from_bytes(next(pieces_from(0))[:COUNT])

    def content_from(at: int) -> Iterator[bytes]:
        left = length - at
        for piece in pieces_from(COUNT + at):
            if left <= 0:
                return
            yield piece[:left]
            left -= len(piece)

    return io.BufferedReader(Reader(length, content_from), buffer_size=PIECE)


def _padded(content: memoryview, length: int) -> Iterator[bytes]:
    """Its length, itself and zeros, in whole pieces but for the last."""
    whole = COUNT + len(content)
    for at in range(0, length, PIECE):
        end = min(at + PIECE, length)
        part = content[max(0, at - COUNT) : max(0, min(end, whole) - COUNT)]
        first = len(content).to_bytes(COUNT) if at == 0 else b""
        yield (first + bytes(part)).ljust(end - at, b"\0")


def _aad(about: str, number: int, *, last: bool) -> bytes:
    return f"piece {number}{', the last,' if last else ''} of {about}".encode()
