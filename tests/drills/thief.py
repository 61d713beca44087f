"""A thief of sealed results: has the database with its log, the storage and the site's keys, and so many private keys
of keyholders. Every box, wherever it stands, is tried with every key, as everything that the code ever closed; what
opens is a key or another box, and is tried as well, until nothing more opens.

Would miss: a box that stands in no line of a dump or log, as in rows that were overwritten.
"""

import re
from base64 import b64decode
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import permutations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core import encrypted_files
from core.encryption import NONCE, CannotOpen
from core.models import EncryptedFile
from sealed import boxes, container, opening, ring, turns
from sealed.boxes import CannotOpenBox
from sealed.models import Keyholder, Seal, SealedFile, Turn

PRIVATE_KEY = boxes.PRIVATE_MLKEM + 32  # bytes
CLOSED = 1_088 + 32 + 16  # bytes that a box has beside its content
IN_HEX = re.compile(rb"x((?:[0-9a-f]{2}){60,})")
IN_BASE64 = re.compile(rb"[A-Za-z0-9+/]{100,}={0,2}")


def boxes_in(lines: Iterable[bytes]) -> Iterator[bytes]:
    """All that may be one: bytes as PostgreSQL writes them, and base64."""
    for line in lines:
        if len(line) > 100:
            yield from (bytes.fromhex(one.decode()) for one in IN_HEX.findall(line))
            for one in IN_BASE64.findall(line):
                yield b64decode(one[: len(one) // 4 * 4])


class Thief:
    """`keys`: private halves; what opens is put to them, or to the boxes."""

    def __init__(self, keys: Collection[bytes], found: Iterable[bytes]) -> None:
        self.keys, self.boxes = set(keys), set(found)
        seals, holders = list(Seal.objects.all()), list(Keyholder.objects.all())
        of = [*(one.pk for one in seals), turns.REHEARSAL]
        self.abouts = {turns.REHEARSAL}
        for one in of:
            self.abouts |= {ring.about_inner(one, inner) for inner in holders}
            self.abouts |= {ring.about_outer(one, *two) for two in permutations(holders, 2)}
        self._wrapped = [
            *(opening._key_of(seal.pk) for seal in seals),
            *(turns._about(turn) for turn in Turn.objects.all()),
        ]

    def open_all(self) -> None:
        self._unwrap()
        tried: set[tuple[bytes, bytes]] = set()
        while new := {(key, box) for key in self.keys for box in self.boxes} - tried:
            tried |= new
            for key, box in new:
                for plain in self._opened(key, box):
                    (self.keys if len(plain) == PRIVATE_KEY else self.boxes).add(plain)

    def contents(self) -> Iterator[Iterator[bytes]]:
        """Of each sealed file that any of the keys opens; else of its ciphertext, as the site's keys give it."""
        for file in SealedFile.objects.select_related("file"):
            yield self._content(file)

    def _content(self, file: SealedFile) -> Iterator[bytes]:
        for key in self.keys:
            with encrypted_files.open_stored(file.file) as stored:
                try:
                    content = container.read(stored, private=key, about=opening.about(file))
                except CannotOpen:
                    continue
                with content:
                    yield from iter(lambda: content.read(container.PIECE), b"")  # noqa: B023  # read at once
                return

    def _opened(self, key: bytes, box: bytes) -> Iterator[bytes]:
        if len(box) <= CLOSED:
            return
        for about in self.abouts:
            try:
                yield boxes.open_box(key, box, about=about)
            except CannotOpenBox:
                continue

    def _unwrap(self) -> None:
        """What waits for an opening or the next turn, wrapped by the site's own keys."""
        for master in map(AESGCM, settings.MASTER_KEYS.values()):
            for one in list(self.boxes):
                for about in self._wrapped:
                    with suppress(InvalidTag):  # not `core.encryption.decrypt`, which would log it
                        plain = master.decrypt(one[:NONCE], one[NONCE:], about)
                        self.keys |= {plain} if len(plain) == PRIVATE_KEY else set()
                        self.boxes |= set(boxes_in([plain]))


def opened_by_the_site() -> Iterator[tuple[EncryptedFile, Iterator[bytes]]]:
    """Every encrypted file that the site's own keys open."""
    for stored in EncryptedFile.objects.exclude(whole_at=None).exclude(wrapped_key=None):
        yield stored, encrypted_files.stream(stored)
