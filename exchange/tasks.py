"""Background checks: every version is inspected before anybody may download it.

Its digest is taken where it came in many goes, all of it is read as what it is (`exchange.file_types`), and
the virus scanner is asked where there is one (`exchange.virus_scan`). What is refused is destroyed, key
first, and said to both sides. While the scanner cannot be reached the file waits, and is tried again every
minute.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from core import encrypted_files, jobs
from core.encrypted_files import stream
from core.encryption import CannotOpen
from core.jobs import JobError, ReportProgress
from exchange import file_types, virus_scan
from exchange.models import Inspection, Version
from exchange.refusals import NotAllowed
from exchange.versions import record
from exchange.virus_scan import AWAY, NoAnswer

INFECTED = "The virus scanner found {} in this file, so it was permanently deleted."
AGAIN_AFTER = dt.timedelta(minutes=1)
MUCH_LATER = dt.timedelta(hours=1)  # where it is not the scanner that is away


def inspect(row: Inspection, report_progress: ReportProgress) -> None:
    """Raises JobError while it cannot be said what is in the file."""
    version = Version.objects.select_related(
        "stored", "file__centre", "file__main", "file__series"
    ).get(pk=row.version_id)
    if version.stored.is_destroyed:  # withdrawn since, or its time has passed
        return
    try:
        encrypted_files.know_digest(version.stored)
        file_types.read_through(version.stored, version.content, report_progress)
        name = virus_scan.found_in(stream(version.stored)) if virus_scan.is_there() else ""
    except NotAllowed as error:
        _refuse(version, str(error))
    except (NoAnswer, CannotOpen) as error:
        raise JobError(str(error)) from None
    else:
        if name:
            _refuse(version, INFECTED.format(name[:100]))
        elif virus_scan.is_there():
            Inspection.objects.filter(version=version).update(scanned_at=timezone.now())


def inspect_again(at: dt.datetime | None = None) -> int:
    """Queue again what could not be checked; how many."""
    at = at or timezone.now()
    failed = Inspection.objects.filter(state=jobs.State.FAILED)
    away = list(failed.filter(error=AWAY, heartbeat__lt=at - AGAIN_AFTER))
    for row in away:
        jobs.try_again(row)
    late = failed.exclude(error=AWAY).filter(heartbeat__lt=at - MUCH_LATER)
    others = list(late.filter(attempts__lt=jobs.MOST_ATTEMPTS))
    for row in others:
        jobs.queue_again(row)
    return len(away) + len(others)


def _refuse(version: Version, why: str) -> None:
    with transaction.atomic():
        Inspection.objects.filter(version=version).update(refused=why[:1000])
        encrypted_files.destroy(version.stored)
        record("exchange_refused", version, by="checking", new={"why": why})
