"""What a process that was killed has left of kept files goes a day after, looked for every hour.

Such a file is unclaimed: no row of any model points to it, so nobody can ever read it. Which models
can, the relations themselves tell: a new one is heeded from its first day. Its row goes, and its bytes
to quarantine; where they are many, nothing goes until a person has looked (`orphans`).
"""

import datetime as dt
import logging
import os
from contextlib import suppress

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone

from centres import kept_files, orphans
from centres.kept_files import Busy
from centres.models import KeptFile

DAY = dt.timedelta(days=1)

logger = logging.getLogger(__name__)


def remove_unclaimed(at: dt.datetime | None = None, *, confirmed: bool = False) -> int:
    """Remove the files that were begun over a day ago and that nothing points to; how many. One that
    somebody is writing to stays."""
    found = list(old(at))
    if not confirmed and are_many(len(found)):
        logger.error(
            "Nothing points to %s kept files, more than are removed unasked: see manage.py orphans",
            len(found),
        )
        return 0
    removed = 0
    for kept in found:
        with suppress(Busy, OSError):
            removed += _remove(kept)
    return removed


def are_many(count: int) -> bool:
    """As with orphans; but of the few that a database knows at all, ten may go."""
    return count > max(orphans.FEW, orphans.allowed(KeptFile.objects.count()))


def old(at: dt.datetime | None = None) -> QuerySet[KeptFile]:
    """Those that were begun over a day ago and that nothing points to."""
    return unclaimed().filter(begun_at__lt=(at or timezone.now()) - DAY)


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
            if found:
                found.delete()
            if found and not os.fstat(file).st_size:
                kept_files.path_of(kept).unlink(missing_ok=True)
            elif found:
                orphans.quarantine([(kept_files.STORE, kept_files.name_of(kept.pk))], why="-left")
    finally:
        os.close(file)
    return found is not None
