"""What was recorded of decisions, accounts and files goes, each after its time (rule 27).

Decided proposals, what was done with accounts (and told to their owners), recoveries, and how keyholders changed go
LOG_RETENTION after it was done. The rows of exchanged and loaded files, whose names and notes may name somebody, go
SERIES_RETENTION after the file itself was destroyed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import AccountEvent, Recovery
from board.models import ProposedAccess, ProposedErasure, ProposedRelease
from core.models import EncryptedFile
from exchange.models import File, Upload, Version
from loading.models import LoadedFile
from privacy import doors
from sealed.models import Ceremony, Keyholder, Turn

AT_ONCE = 500


def _old(*, at: dt.datetime) -> dict[str, QuerySet[Any]]:
    """By what it is: the rows whose time has passed."""
    log, series = at - settings.LOG_RETENTION, at - settings.SERIES_RETENTION
    entries = apps.get_model("admin.LogEntry")._default_manager
    return {
        "proposed releases": ProposedRelease.objects.filter(decided_at__lt=log),
        "proposals for accounts": ProposedAccess.objects.filter(decided_at__lt=log),
        "proposals to remove somebody": ProposedErasure.objects.filter(decided_at__lt=log),
        "acts on accounts": AccountEvent.objects.filter(at__lt=log),
        "recoveries": Recovery.objects.filter(started_at__lt=log),
        "ceremonies of keyholders": Ceremony.objects.filter(seal=None, begun_at__lt=log),
        "keys of former keyholders": _former_keyholders().filter(retired_at__lt=log),
        "notes of records": entries.filter(action_time__lt=log),
        "rows of exchanged files": Version.objects.filter(destroyed_at__lt=series),
        "rows of loaded files": LoadedFile.objects.filter(destroyed_at__lt=series),
    }


def _former_keyholders() -> QuerySet[Keyholder]:
    """Those of whom no opening tells any more."""
    turns = Turn.objects.filter(keyholder=OuterRef("pk"))
    return Keyholder.objects.filter(~Exists(turns), retired_at__isnull=False)


def count(*, at: dt.datetime) -> dict[str, int]:
    return {what: rows.count() for what, rows in _old(at=at).items()}


def batches(*, at: dt.datetime) -> Iterator[Counter[str]]:
    for what, rows in _old(at=at).items():
        remove = REMOVE.get(what, partial(_rows_go, before=at - settings.LOG_RETENTION))
        while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            remove(rows.model._default_manager.filter(pk__in=pks))
            yield Counter({what: len(pks)})


def _rows_go(rows: QuerySet[Any], *, before: dt.datetime) -> None:
    with doors.opened(before=before):
        rows.delete()


def _versions_go(versions: QuerySet[Version]) -> None:
    """With who downloaded them; and the names of files of which none is left."""
    with transaction.atomic():
        stored, files = (list(versions.values_list(of, flat=True)) for of in ("stored", "file"))
        Upload.objects.filter(version__in=versions).delete()
        versions.delete()
        EncryptedFile.objects.filter(pk__in=stored).delete()
        others = Version.objects.filter(file=OuterRef("pk"))
        File.objects.filter(~Exists(others), pk__in=files).delete()


def _loads_go(loads: QuerySet[LoadedFile]) -> None:
    with transaction.atomic():
        stored = list(loads.values_list("file", flat=True))
        loads.delete()
        EncryptedFile.objects.filter(pk__in=stored).delete()


REMOVE: dict[str, Callable[[QuerySet[Any]], None]] = {
    "rows of exchanged files": _versions_go,
    "rows of loaded files": _loads_go,
}
