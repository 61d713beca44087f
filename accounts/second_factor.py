"""Second factors are stored encrypted, so a copy of the database opens no account.

AES-256-GCM under a key derived from the master key, whose id stands before the text. Of a passkey only
what is public is kept, as it is: its name, and the key that checks what the other one signs.
"""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from core import encryption

PURPOSE = b"second factor of staff"
ENCRYPTED = re.compile(r"([^:]+):[A-Za-z0-9+/]{38,}=*")


def must_set_up(request: HttpRequest) -> bool:
    """Whether they set up a second factor before they can do anything else."""
    return settings.MFA_REQUIRED and not is_mfa_enabled(request.user)


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        key_id, master_key = next(iter(settings.MASTER_KEYS.items()))
        encrypted = encryption.encrypt(_key(master_key), text.encode(), aad=PURPOSE)
        return f"{key_id}:{base64.b64encode(encrypted).decode()}"

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """What is proposed as the name of a passkey."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def decrypt(self, encrypted_text: str) -> str:
        """Raises WrongKey, and CannotOpen when the text was altered."""
        key_id, _, encoded = encrypted_text.partition(":")
        encrypted = base64.b64decode(encoded)
        with encryption.right_key(key_id, PURPOSE.decode()):
            return encryption.decrypt(
                _key(settings.MASTER_KEYS[key_id]), encrypted, aad=PURPOSE
            ).decode()


def _key(master_key: bytes) -> bytes:
    """A key for this purpose alone, so that nothing encrypted here can stand in for a letter's key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(master_key)


def needing_master_keys() -> Counter[str]:
    """Master key's id -> how many authenticators only it can open."""
    needing: Counter[str] = Counter()
    for data in _with_secrets().values_list("data", flat=True).iterator():
        needing.update(_key_ids(data))
    return needing


def move_authenticators() -> Iterator[int]:
    """Encrypt anew, one by one, what is not under the master key in use; yields 1 for each. What cannot
    be opened stays as it is."""
    adapter, in_use = SecondFactorAdapter(), next(iter(settings.MASTER_KEYS))
    for pk, data in list(_with_secrets().values_list("pk", "data")):
        if _key_ids(data) <= {in_use}:
            continue
        with transaction.atomic():
            one = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if one is None:  # removed meanwhile
                continue
            try:
                one.data = _changed(one.data, lambda text: adapter.encrypt(adapter.decrypt(text)))
            except (ValueError, encryption.CannotOpen):
                continue
            one.save(update_fields=["data"])
        yield 1


def _with_secrets() -> QuerySet[Authenticator]:
    """Those with secrets; a passkey's name, which people choose, may look like an encrypted text."""
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)


def _key_ids(data: Any) -> set[str]:
    found: set[str] = set()

    def note(text: str) -> str:
        found.add(text.partition(":")[0])
        return text

    _changed(data, note)
    return found


def _changed(data: Any, change: Callable[[str], str]) -> Any:
    """The data of an authenticator with every encrypted text in it changed."""
    if isinstance(data, dict):
        return {key: _changed(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_changed(value, change) for value in data]
    return change(data) if isinstance(data, str) and ENCRYPTED.fullmatch(data) else data
