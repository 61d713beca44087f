"""A thief of the board: one person with every key of their own, the whole database, the storage and the site's keys.

`Thief.loot` tries each private key that this person has ever had on every box in every row, and on whatever opens;
and looks for what was planted in every row and file in clear. It reads, between two requests: what passes through the
memory of a process, and what others give there, it does not see.
"""

import io
from base64 import b64decode
from collections.abc import Iterator

from django.apps import apps

from core import encrypted_files, encryption
from core.encryption import CannotOpen
from core.models import EncryptedFile
from sealed import boxes, container, keyholders, opening, passphrases, ring, turns
from sealed.boxes import CannotOpenBox
from sealed.models import Ceremony, Keyholder, Opening, Seal, SealedFile, Share, Turn

PRIVATE = 96  # bytes


class Thief:
    def __init__(self) -> None:
        self.keys: set[bytes] = set()  # private halves
        self.tried: set[tuple[bytes, bytes]] = set()

    def learn(self, holder: Keyholder, passphrase: str) -> None:
        """A key pair of the thief's own."""
        self.keys.add(
            passphrases.unlock(
                bytes(holder.locked_key),
                passphrase,
                salt=bytes(holder.salt),
                memory=holder.memory,
                about=keyholders._about(holder.user),
            )
        )

    def loot(self, planted: bytes) -> list[str]:
        """In which ways what was planted, or the key of a seal, is read."""
        return [*self._by_keys(), *self._in_clear(planted)]

    def _by_keys(self) -> Iterator[str]:
        yield from self._key_of_an_opening()
        seals = {bytes(seal.public_key): seal for seal in Seal.objects.all()}
        todo = [(box, about) for box, abouts in self._boxes() for about in abouts]
        while todo:
            box, about = todo.pop()
            for key in self.keys - {
                key for key, tried in self.tried if tried == box + about.encode()
            }:
                self.tried.add((key, box + about.encode()))
                try:
                    inside = boxes.open_box(key, box, about=about)
                except CannotOpenBox:
                    continue
                if about.startswith("results file"):
                    yield f"a sealed file, by {about}"
                elif len(inside) != PRIVATE:
                    todo += [(inside, other) for other in self._inner()]
                elif (seal := seals.get(boxes.public_of(inside))) is not None:
                    yield f"the key of {seal}, in {about}"
                elif about != turns.REHEARSAL and "rehearsal" not in about:
                    yield f"a key, in {about}"

    def _boxes(self) -> Iterator[tuple[bytes, list[str]]]:
        inner = self._inner()
        for share in Share.objects.select_related("outer", "inner"):
            yield (
                bytes(share.box),
                [ring.about_outer(share.seal_id, share.outer, share.inner), *inner],
            )
        for one in Ceremony.objects.exclude(rehearsal={}):
            for outer, held in one.rehearsal["shares"].items():
                for closed_to, box in held.items():
                    about = ring.about_outer(
                        turns.REHEARSAL, Keyholder(pk=int(outer)), Keyholder(pk=int(closed_to))
                    )
                    yield b64decode(box), [about]
        for turn in Turn.objects.exclude(found=None):
            for of, found in turns.found(turn).items():
                for closed_to, box in found.items():
                    yield b64decode(box), [ring.about_inner(of, Keyholder(pk=int(closed_to)))]
        for file in SealedFile.objects.select_related("file"):
            with encrypted_files.open_stored(file.file) as stored:
                stored.seek(len(container.MAGIC))
                many = int.from_bytes(stored.read(container.COUNT))
                yield stored.read(many), [opening.about(file)]

    def _inner(self) -> list[str]:
        holders = list(Keyholder.objects.all())
        return [
            ring.about_inner(seal.pk, holder) for seal in Seal.objects.all() for holder in holders
        ]

    def _key_of_an_opening(self) -> Iterator[str]:
        for one in Opening.objects.exclude(key=None):
            opening._private(one)
            yield f"the key of {one.seal}, in its opening"

    def _in_clear(self, planted: bytes) -> Iterator[str]:
        for model in apps.get_models():
            if planted in _everything(model):
                yield f"in clear, in a row of {model._meta.label}"
        for file in EncryptedFile.objects.exclude(whole_at=None).exclude(wrapped_key=None):
            try:
                with encrypted_files.open_stored(file) as stored:
                    if planted in stored.read():
                        yield "in clear, in a file"
            except CannotOpen:
                continue


def _everything(model: type) -> bytes:
    values = model._default_manager.values_list()
    told = [
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for row in values
        for value in row
    ]
    return b"\0".join(told)


def read(file: SealedFile, private: bytes) -> bytes:
    """What a sealed file holds, for whoever has the key of its seal."""
    with (
        encrypted_files.open_stored(file.file) as stored,
        container.read(
            io.BytesIO(stored.read()), private=private, about=opening.about(file)
        ) as content,
    ):
        return content.read()


def unwrapped(one: Opening) -> bytes:
    """The key that an opening waits with."""
    return encryption.unwrap(one.master_key_id, one.key, aad=opening._key_of(one.seal_id))
