"""What a process that was killed has left of kept files goes a day after, looked for every hour.

Such a file is unclaimed: no row of any model points to it, so nobody can ever read it. Which models
can, the relations themselves tell: a new one is heeded from its first day.
"""

import datetime as dt
import os
import time
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone

from centres import kept_files
from centres.kept_files import Busy
from centres.models import KeptFile

DAY = dt.timedelta(days=1)


def remove_unclaimed(at: dt.datetime | None = None) -> int:
    """Remove the files, row and bytes, that were begun over a day ago and that nothing points to; how
    many. One that somebody is writing to stays."""
    removed = 0
    for kept in unclaimed().filter(begun_at__lt=(at or timezone.now()) - DAY):
        with suppress(Busy, OSError):
            removed += _remove(kept)
    return removed


def remove_unknown() -> int:
    """Remove from the disk what no row knows, or only as destroyed; how many. What was written in the
    last day stays, as its row may not be there to be read yet."""
    removed = 0
    kept = set(KeptFile.objects.filter(wrapped_key__isnull=False).values_list("pk", flat=True))
    for path in kept_files.folder().glob("*/*"):
        with suppress(ValueError, FileNotFoundError):
            old = path.stat().st_mtime < time.time() - DAY.total_seconds()
            if old and UUID(path.name) not in kept:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def unclaimed() -> QuerySet[KeptFile]:
    """Those that no row of any model points to, hidden relations (`related_name="+"`) among them."""
    return KeptFile.objects.filter(
        *(
            ~Exists(one.related_model._base_manager.filter(**{one.field.name: OuterRef("pk")}))
            for one in KeptFile._meta.get_fields(include_hidden=True)
            if isinstance(one, ForeignObjectRel)
        )
    )


def _remove(kept: KeptFile) -> bool:
    file = kept_files.open_alone(kept)
    try:
        with transaction.atomic():
            list(KeptFile.objects.select_for_update().filter(pk=kept.pk))
            found = unclaimed().filter(pk=kept.pk).first()  # and none can point to it any more
            kept_files.drop(found)
    finally:
        os.close(file)
    return found is not None
