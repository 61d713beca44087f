"""Letter files do not outlive their use: some time after the series they are destroyed (rule 17).

The time runs from the series' last release, or from when the letters were asked for, if later.

The wrapped key goes first: from then on what is stored is noise. Then the stored parts go. A run
that was killed between the two is finished by the next.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from centres import audit
from credentials import vault
from credentials.models import LetterFile

BY = "destroy_letters"


def destroy_expired(at: dt.datetime | None = None) -> int:
    """Destroy the letter files whose time of keeping (LETTER_RETENTION) has passed; how many."""
    at = at or timezone.now()
    kept_since = at - settings.LETTER_RETENTION
    expired = (
        LetterFile.objects.exclude(state=LetterFile.State.DESTROYED)
        .annotate(last_release=Max("series__releases__candidates_at"))
        .filter(last_release__lt=kept_since, asked_at__lt=kept_since)
    )
    destroyed = list(expired.select_related("centre", "series"))
    for expired_file in destroyed:
        _destroy_key(expired_file, at)
    gone = LetterFile.objects.filter(state=LetterFile.State.DESTROYED, parts__isnull=False)
    for file in gone.distinct():
        vault.remove_all(file)
        file.parts.all().delete()
    return len(destroyed)


def _destroy_key(file: LetterFile, at: dt.datetime) -> None:
    with transaction.atomic():
        LetterFile.objects.filter(pk=file.pk).update(
            state=LetterFile.State.DESTROYED, wrapped_key=None, master_key_id="", destroyed_at=at
        )
        audit.record(
            "letters_destroyed",
            by=BY,
            centre=file.centre,
            series=file.series,
            subject=f"Letter file {file.pk}",
            new={"letters": file.done},
        )
