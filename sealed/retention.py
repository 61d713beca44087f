"""How long sealed files are kept, and what goes with the end of a series (rule 27).

Once a series has been opened nobody can open its sealed files any more, for the shares have gone. They are kept for
LOADED_FILE_RETENTION all the same, those that were replaced too: a database that is restored to a time before the
opening has the shares again, and needs the files. The rows stay until the series ends (`privacy.series_end`).
"""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from centres import audit
from centres.models import Series
from core import encrypted_files
from sealed.models import Ceremony, Opening, Seal, SealedFile
from sealed.opening import drop_faults

BY = "destroy_sealed_files"


def destroy_expired(at: dt.datetime | None = None) -> int:
    """Destroy what has been kept for its time, and with it what a failed opening found; how many files."""
    old = (at or timezone.now()) - settings.LOADED_FILE_RETENTION
    for opening in Opening.objects.filter(asked_at__lt=old, faults__isnull=False):
        drop_faults(opening)
    due = SealedFile.objects.filter(seal__opened_at__lt=old, file__wrapped_key__isnull=False)
    files = list(due.select_related("file", "seal__series"))
    for file in files:
        _destroy(file)
    return len(files)


def why_kept(series: Series) -> str:
    """Why nothing of this series may go now, in a sentence; empty: it may."""
    seal = Seal.objects.filter(series=series).first()
    if seal and Opening.objects.under_way().filter(seal=seal).exists():
        return "Its results are being opened."
    if seal and Ceremony.objects.under_way().filter(seal=seal).exists():
        return "Keyholders are about to open its results."
    return ""


def remove(series: Series) -> Counter[str]:
    """All that is kept of its seal, opened or not, with the sealed files: in the caller's transaction, whose door
    is open (`privacy.doors`); how much of what."""
    gone = Counter[str]()
    for seal in Seal.objects.filter(series=series):
        for opening in Opening.objects.filter(seal=seal).select_related("faults"):
            opening.delete()
            encrypted_files.drop(opening.faults)
        for file in seal.files.select_related("file"):
            file.delete()
            encrypted_files.drop(file.file)
            gone["sealed files"] += 1
        seal.ceremonies.all().delete()
        seal.delete()
    Series.objects.filter(pk=series.pk).update(sealed=False)
    return gone


def _destroy(file: SealedFile) -> None:
    with transaction.atomic():
        encrypted_files.destroy(file.file)
        series = file.seal.series
        audit.record("sealed_file_destroyed", by=BY, series=series, subject=str(file))
