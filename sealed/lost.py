"""Lost: with fewer than two passphrases left nobody can read what is sealed any more, nor change the keyholders.

What remains is to give it up, on the server: the keyholders are retired, and the sealed files destroyed. Once others
have been appointed each series that is still sealed has another key, closed to them, and its results are given again
from their source. It opens nothing, so it asks for no passphrase (rule 28).
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from centres import audit
from core import encrypted_files
from sealed import keyholders, ring, signatures
from sealed.models import Ceremony, Keyholder, Opening, Seal, Share
from sealed.refused import Refused


def in_words() -> list[str]:
    """What would be given up."""
    names = ", ".join(map(str, Keyholder.objects.appointed().select_related("user")))
    return [
        f"Keyholders: {names or 'none'}.",
        *(
            f"{seal.series}: {seal.waiting} sealed files."
            for seal in Seal.objects.closed().with_instants().select_related("series")
        ),
    ]


def give_up(*, by: str, at: dt.datetime | None = None) -> None:
    """For good. Raises Refused."""
    at = at or timezone.now()
    with transaction.atomic():
        holders = ring.held()
        if not holders:
            raise Refused("There are no keyholders, so nothing of theirs is lost.")
        if Ceremony.objects.under_way(at).exists() or Opening.objects.under_way().exists():
            raise Refused("Keyholders are at something, or a series is being opened. Wait for it.")
        for holder in holders:
            keyholders.retire(holder, at)
        for seal in Seal.objects.select_for_update().closed():
            for file in seal.files.to_open().select_related("file"):
                encrypted_files.destroy(file.file)
                file.replaced_at = at
                file.save(update_fields=["replaced_at"])
                signatures.sign(file)
        Share.objects.all().delete()
        names = ", ".join(map(str, holders))
        audit.record("keyholders_given_up", by=by, old={"keyholders": names})
