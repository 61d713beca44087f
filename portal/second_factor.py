"""Authenticator keys and recovery codes are kept encrypted: a copy of the database opens no account.

AES-256-GCM under a key derived from the master key, whose id stands before the text.
"""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from credentials import vault

PURPOSE = b"second factor of staff"


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        key_id, master_key = next(iter(settings.MASTER_KEYS.items()))
        sealed = vault.seal(_key(master_key), text.encode(), aad=PURPOSE)
        return f"{key_id}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """Raises KeyError when the master key is gone, CannotOpen when the text was altered."""
        key_id, _, encoded = encrypted_text.partition(":")
        sealed = base64.b64decode(encoded)
        return vault.open_(_key(settings.MASTER_KEYS[key_id]), sealed, aad=PURPOSE).decode()


def _key(master_key: bytes) -> bytes:
    """A key for this purpose alone, so that nothing sealed here can stand in for a letter's key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(master_key)
