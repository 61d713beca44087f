"""Passphrases of keyholders: seven words that the machine makes, shows once and keeps nowhere (rule 28).

90 bits by the large list of the EFF, 7,776 words; Argon2id makes of them the key that locks a private key. However
it is typed – capitals, hyphens, more spaces – the letters alone count. What is locked is bound to `about`, whose it is.
"""

import re
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.conf import settings
from django.views.decorators.debug import sensitive_variables
from xkcdpass import xkcd_password

from core.encryption import NONCE, encrypt

WORDS = 7
SALT = 16  # bytes
PASSES, LANES = 3, 4  # of Argon2id


class WrongPassphrase(ValueError):
    """These words do not open this key."""


@sensitive_variables()
def new() -> str:
    return " ".join(secrets.choice(_words()) for _ in range(WORDS))


@sensitive_variables()
def lock(private: bytes, passphrase: str, *, about: str) -> tuple[bytes, int, bytes]:
    """The private key, locked: salt, KiB of memory that each try takes, and what is kept."""
    salt, memory = secrets.token_bytes(SALT), settings.PASSPHRASE_MEMORY
    key = _key(passphrase, salt, memory)
    return salt, memory, encrypt(key, private, aad=about.encode())


@sensitive_variables()
def unlock(locked: bytes, passphrase: str, *, salt: bytes, memory: int, about: str) -> bytes:
    """The private key. Raises WrongPassphrase."""
    key = _key(passphrase, salt, memory)
    try:  # not `core.encryption.decrypt`, which would log a fault
        return AESGCM(key).decrypt(locked[:NONCE], locked[NONCE:], about.encode())
    except InvalidTag:
        raise WrongPassphrase from None


@sensitive_variables()
def _key(passphrase: str, salt: bytes, memory: int) -> bytes:
    letters = re.sub(r"[^a-z]", "", passphrase.casefold())
    made = Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=memory)
    return made.derive(letters.encode())


@cache
def _words() -> list[str]:
    found = xkcd_password.generate_wordlist(
        wordfile=xkcd_password.locate_wordfile("eff-long"), min_length=1, max_length=99
    )
    return sorted(set(found))
