"""Retention of files: each version is kept until its day, then destroyed.

The key goes first, then what is stored. The row stays, and says that it is no longer kept.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from core import encrypted_files
from exchange.models import Version
from exchange.versions import record

BY = "retention"


def destroy_expired(at: dt.datetime | None = None) -> int:
    """Destroy the versions whose time has passed; how many."""
    at = at or timezone.now()
    expired = Version.objects.filter(kept_until__lt=at, destroyed_at=None).order_by()
    found = list(expired.values_list("pk", flat=True))
    for pk in found:
        with transaction.atomic():
            version = (
                expired.select_for_update(of=("self",))
                .select_related("stored", "file__centre", "file__main", "file__series")
                .filter(pk=pk)
                .first()
            )
            if version:
                _destroy(version, at)
    return len(found)


def _destroy(version: Version, at: dt.datetime) -> None:
    version.destroyed_at = at
    version.save(update_fields=["destroyed_at"])
    if version.stored.is_destroyed:  # withdrawn, or refused
        return
    encrypted_files.destroy(version.stored)
    record("exchange_destroyed", version, by=BY)
