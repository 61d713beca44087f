"""What is sealed opens with its key alone, in its own place alone, and only as it was (rule 17).

AES-256-GCM with a fresh nonce each time. Whatever is sealed is bound to `aad`: the words for what it
is and whose, so that nothing sealed can stand in another's place. Each thing kept has a data key of
its own, wrapped by a master key that has an id; to remove the wrapped key destroys what it opened.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from centres.errors import log_error

NONCE = 12  # bytes
TAG = 16  # bytes
OVERHEAD = NONCE + TAG

DAMAGED = "What was stored is damaged, so it cannot be opened. Tell the awarding body."
NO_KEY = "The key that opens this is not among those of this server. Tell the awarding body."


class CannotOpen(Exception):
    """Something sealed cannot be opened; the text says why, in words for staff."""


def seal(key: bytes, plaintext: bytes, *, aad: bytes) -> bytes:
    """Encrypt, bound to `aad` (a fresh nonce, then the ciphertext with its tag)."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def open_(key: bytes, sealed: bytes, *, aad: bytes, damaged: str = DAMAGED) -> bytes:
    """What `seal` was given. Raises CannotOpen, with the words of `damaged`, when anything about it
    is not as it was."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], aad)
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
    return master_key_id, seal(master_key, data_key, aad=aad)


def unwrap(
    master_key_id: str,
    wrapped_key: bytes | memoryview,
    *,
    aad: bytes,
    no_key: str = NO_KEY,
    damaged: str = DAMAGED,
) -> bytes:
    """The data key. Raises CannotOpen when its master key is gone, or it was altered."""
    master_key = settings.MASTER_KEYS.get(master_key_id)
    if master_key is None:
        cannot = CannotOpen(no_key)
        log_error(cannot, f"{aad.decode(errors='replace')}, wrapped by master key {master_key_id}")
        raise cannot
    return open_(master_key, bytes(wrapped_key), aad=aad, damaged=damaged)
