"""Encryption: data is decrypted with its own key, in its own place and unchanged, or not at all (rule 17).

AES-256-GCM with a fresh nonce each time. What is encrypted is bound to `aad`, the words for what it is
and whose, so that it cannot stand in another's place. Each stored file has a data key of its own,
wrapped by a master key that has an id; to remove the wrapped key destroys the content.

What does not open is damaged only where the master key is known to be the right one (`key_fingerprints`):
else it is the service that is not set up correctly, and the words never say that anything is lost.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Model, QuerySet

from core import key_fingerprints
from core.errors import log_error

NONCE = 12  # bytes
TAG = 16  # bytes
OVERHEAD = NONCE + TAG

DAMAGED = "What was stored is damaged, so it cannot be opened. Tell the awarding body."
WRONG_KEY = (
    "This cannot be opened for now: the service is not set up correctly, and the key that opens it is "
    "not among those of this server. Nothing is lost. The awarding body has been told; if it is "
    "urgent, write to {}."
)


class CannotOpen(Exception):
    """Something encrypted cannot be opened; the text says why, in words for staff."""


class WrongKey(CannotOpen):
    """A key is missing, or is another than the site's: nothing is damaged."""

    def __init__(self) -> None:
        super().__init__(WRONG_KEY.format(settings.SUPPORT_EMAIL))


def encrypt(key: bytes, plaintext: bytes, *, aad: bytes) -> bytes:
    """Encrypt, bound to `aad` (a fresh nonce, then the ciphertext with its tag)."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def decrypt(key: bytes, encrypted: bytes, *, aad: bytes, damaged: str = DAMAGED) -> bytes:
    """What `encrypt` was given. Raises CannotOpen, with the words of `damaged`, when anything about it
    is not as it was."""
    try:
        return AESGCM(key).decrypt(encrypted[:NONCE], encrypted[NONCE:], aad)
    except (InvalidTag, ValueError) as error:
        log_error(error, aad.decode(errors="replace"))
        raise CannotOpen(damaged) from None


def new_key(*, aad: bytes) -> tuple[bytes, str, bytes]:
    """A new data key, the id of the master key in use, and the data key wrapped by it."""
    data_key = AESGCM.generate_key(256)
    return data_key, *wrap(data_key, aad=aad)


def wrap(data_key: bytes, *, aad: bytes) -> tuple[str, bytes]:
    """The id of the master key in use, and the data key wrapped by it."""
    master_key_id, master_key = next(iter(settings.MASTER_KEYS.items()))
    return master_key_id, encrypt(master_key, data_key, aad=aad)


def unwrap(
    master_key_id: str, wrapped_key: bytes | memoryview, *, aad: bytes, damaged: str = DAMAGED
) -> bytes:
    """The data key. Raises WrongKey; and CannotOpen when it was altered."""
    with right_key(master_key_id, aad.decode(errors="replace")):
        return decrypt(
            settings.MASTER_KEYS[master_key_id], bytes(wrapped_key), aad=aad, damaged=damaged
        )


@contextmanager
def right_key(master_key_id: str, about: str) -> Iterator[None]:
    """What is opened here needs this master key. Raises WrongKey when it is missing, or when something
    does not open and it is not known to be the site's. `about`: what it is, for the log."""
    try:
        yield
    except (KeyError, CannotOpen) as error:
        missing = isinstance(error, KeyError)
        if key_fingerprints.fits("MASTER_KEYS", master_key_id) and not missing:
            raise
        wrong = WrongKey()
        log_error(wrong, f"{about}, wrapped by master key {master_key_id}")
        raise wrong from None


@dataclass(frozen=True)
class WrappedKeys:
    """The rows of a model that keep a data key each (`master_key_id`, `wrapped_key`), bound to `aad` of
    their primary key; `begun`: the field that says which are newest. What rotation asks of them."""

    model: type[Model]
    aad: Callable[[UUID], bytes]
    begun: str

    def needing(self) -> Counter[str]:
        """Master key's id -> how many rows only it can open."""
        return counted(self._rows(), "master_key_id")

    def fit(self, **under: str) -> bool:
        """Whether our master keys open any of the newest rows (`master_key_id`: of those that are under
        it), if there are some: else they are another site's."""
        newest = self._rows().filter(**under).order_by(f"-{self.begun}")[:10]
        return not newest or any(self._data_key(row) is not None for row in newest)

    def move(self) -> Iterator[int]:
        """Wrap data keys anew by the master key in use, one by one, each in a transaction; yields 1 for
        each. What cannot be opened stays as it is."""
        elsewhere = self._rows().exclude(master_key_id=next(iter(settings.MASTER_KEYS)))
        for pk in list(elsewhere.values_list("pk", flat=True)):
            with transaction.atomic():
                row = elsewhere.select_for_update().filter(pk=pk).first()
                if (
                    row is None or (data_key := self._data_key(row)) is None
                ):  # None: destroyed meanwhile
                    continue
                row.master_key_id, row.wrapped_key = wrap(data_key, aad=self.aad(pk))
                row.save(update_fields=["master_key_id", "wrapped_key"])
            yield 1

    def _rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(wrapped_key__isnull=False).order_by()

    def _data_key(self, row: Any) -> bytes | None:
        try:
            return unwrap(row.master_key_id, row.wrapped_key, aad=self.aad(row.pk))
        except CannotOpen:
            return None


def counted(rows: QuerySet[Any], field: str) -> Counter[str]:
    """Key's id -> how many rows name it in this field."""
    return Counter(dict(rows.order_by().values_list(field).annotate(Count("pk"))))
