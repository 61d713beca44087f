"""Signatures: a row that a seal rests on, and that anything but the service wrote, is refused (rule 28).

Signed with the site's master key are each keyholder's key pair and whether it is of the ring, the public key and the
moment of a seal, and what is told of a sealed file. Whoever can write to the database, and has not the keys of the
site, can neither plant a key to which the next results would be closed, nor appoint somebody, nor set a moment earlier.
Who has both can sign. What they plant is seen by its owner alone, at the next right passphrase (`keyholders.unlock`),
and by whoever compares a key's fingerprint with the sheet.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from core.errors import log_error
from sealed.models import Keyholder, Seal, SealedFile
from sealed.refused import Refused

LABEL = b"signatures of sealed results"
CHANGED = (
    "{} is not as this service wrote it: something else has changed it in the database. Nothing is done with it. Tell "
    "whoever runs the service."
)

Row = Keyholder | Seal | SealedFile


def sign(row: Row) -> None:
    """Once it is stored, in the same transaction."""
    row.signature = _signature(next(iter(settings.MASTER_KEYS)), row)
    row.save(update_fields=["signature"])


def is_signed(row: Row) -> bool:
    key_id = row.signature.partition(":")[0]
    return key_id in settings.MASTER_KEYS and hmac.compare_digest(
        row.signature, _signature(key_id, row)
    )


def check(*rows: Row) -> None:
    """Raises Refused for the first that is not signed."""
    for row in rows:
        if not is_signed(row):
            refused = Refused(CHANGED.format(row))
            log_error(refused, f"{row._meta.label} {row.pk}")
            raise refused


def _signature(key_id: str, row: Row) -> str:
    key = hmac.digest(settings.MASTER_KEYS[key_id], LABEL, hashlib.sha256)
    said = json.dumps([row._meta.label, row.pk, row.facts()], sort_keys=True)
    return f"{key_id}:{hmac.digest(key, said.encode(), hashlib.sha256).hex()}"


@dataclass(frozen=True)
class Signed:
    """The signed rows of a model, for the rotation of master keys: as `core.encryption.WrappedKeys`."""

    model: type[Model]

    def needing(self) -> Counter[str]:
        """Master key's id -> how many rows it has signed."""
        signatures = self._rows().values_list("signature", flat=True)
        return Counter(one.partition(":")[0] for one in signatures)

    def fit(self, *, master_key_id: str = "") -> bool:
        """Whether any of the newest rows (`master_key_id`: of those that it has signed) is signed by our keys, if
        there are some."""
        under = f"{master_key_id}:" if master_key_id else ""
        newest = self._rows().filter(signature__startswith=under).order_by("-pk")[:10]
        return not newest or any(is_signed(row) for row in newest)

    def move(self) -> Iterator[int]:
        """Sign anew with the master key in use, one by one; yields 1 for each. What is not signed stays as it is."""
        in_use = next(iter(settings.MASTER_KEYS))
        elsewhere = self._rows().exclude(signature__startswith=f"{in_use}:")
        for pk in list(elsewhere.values_list("pk", flat=True)):
            with transaction.atomic():
                row = elsewhere.select_for_update().filter(pk=pk).first()
                if row is None or not is_signed(row):
                    continue
                sign(row)
            yield 1

    def _rows(self) -> QuerySet[Any]:
        return self.model._default_manager.exclude(signature="").order_by()


KEYS = {"keyholders": Signed(Keyholder), "seals": Signed(Seal), "sealed files": Signed(SealedFile)}
