"""Retention of letter files: some time after the series they are destroyed (rule 17).

The time runs from the series' last release, or from when the letters were asked for, if later.

The wrapped key goes first: from then on what is stored is noise. Then the stored parts go. A run
that was killed between the two is finished by the next.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Max, QuerySet, When
from django.utils import timezone

from centres import audit
from credentials.letters import storage
from credentials.models import LetterFile

BY = "destroy_letters"


def destroy_expired(at: dt.datetime | None = None) -> int:
    """Destroy the letter files whose time of keeping (LETTER_RETENTION) has passed; how many."""
    at = at or timezone.now()
    there = LetterFile.objects.exclude(state=LetterFile.State.DESTROYED)
    expired = _counted_from(there).filter(counted_from__lt=at - settings.LETTER_RETENTION)
    destroyed = sum(
        _destroy_key(file, at) for file in list(expired.select_related("centre", "series"))
    )
    gone = LetterFile.objects.filter(state=LetterFile.State.DESTROYED, parts__isnull=False)
    for file in gone.distinct():
        storage.remove_all(file)
        file.parts.all().delete()
    return destroyed


def kept_until(file: LetterFile) -> dt.datetime | None:
    """When this file is to be destroyed; None as long as its series has no release (one query)."""
    found = _counted_from(LetterFile.objects.filter(pk=file.pk))
    counted_from = found.values_list("counted_from", flat=True).get()
    return counted_from and counted_from + settings.LETTER_RETENTION


def _counted_from(files: QuerySet[LetterFile]) -> QuerySet:
    """With `counted_from`: the series' last release or the asking, whichever is later; None without
    a release."""
    last_release = Max("series__releases__candidates_at")
    return files.annotate(last_release=last_release).annotate(
        counted_from=Case(
            When(last_release__isnull=True, then=None),
            When(last_release__gt=F("asked_at"), then=F("last_release")),
            default=F("asked_at"),
        )
    )


def _destroy_key(file: LetterFile, at: dt.datetime) -> bool:
    """Whether it was not another worker who did."""
    gone = {"wrapped_key": None, "master_key_id": "", "destroyed_at": at}
    with transaction.atomic():
        there = LetterFile.objects.filter(pk=file.pk).exclude(state=LetterFile.State.DESTROYED)
        if not there.update(state=LetterFile.State.DESTROYED, **gone):
            return False
        audit.record(
            "letters_destroyed",
            by=BY,
            centre=file.centre,
            series=file.series,
            subject=file.audit_subject,
            new={"letters": file.done},
        )
    return True
