"""Resources of the service: its disk, its database, its backup, its virus scanner, its version."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum
from django.utils.timesince import timesince

from board.service_check import BAD, GOOD, LOOK, Bar, Check
from core import only_grows, restored
from core.errors import log_error
from core.models import EncryptedFile, SiteIdentity
from exchange import virus_scan
from storage.store import store

BACKED_UP = {"database": "backed_up_at", "files": "files_backed_up_at"}  # part -> where it is noted
BACKUP_OLD = dt.timedelta(hours=26)
BACKUP_TOO_OLD = dt.timedelta(days=3)
FULL, ALMOST_FULL = 0.95, 0.85
RESTORED = (
    "It was restored from a backup: work in the background waits, and the site is closed to all but you.",
    "Check releases, holds and access against what was done since. “bin/portal manage restored” lists "
    "letters that this database does not know, and says how work goes on.",
)


def storage() -> Check:
    try:
        letters = sum(kept.size for kept in store("letters").listed())
    except OSError as error:
        log_error(error, "the storage")
        remedy = "Letters and files wait until it is back. See STORAGE_URL, its credentials, and the storage."
        return Check("Storage", BAD, "It cannot be reached.", remedy)
    stored = EncryptedFile.objects.filter(wrapped_key__isnull=False).aggregate(size=Sum("size"))
    sizes = {"Letters": letters, "Other files that are kept": stored["size"] or 0}
    usage = store("").usage()
    if usage is None:
        each = ", ".join(f"{label.lower()} {_gib(size)}" for label, size in sizes.items())
        return Check("Storage", GOOD, f"Object storage, reachable: {each}.")
    total, free = usage
    sizes["All that is used on this disk"] = total - free
    bars = tuple(Bar(label, size, round(100 * size / total)) for label, size in sizes.items())
    used = 1 - free / total
    words = f"{_gib(free)} free of {_gib(total)}."
    remedy = "Make room, or give the service a larger disk: on a full one no letters can be made."
    if used >= FULL:
        return Check("Storage", BAD, words, remedy, bars)
    if used >= ALMOST_FULL:
        return Check("Storage", LOOK, words, remedy, bars)
    return Check("Storage", GOOD, words, bars=bars)


def database() -> Check:
    if restored.is_stopped():
        return Check("Database", BAD, *RESTORED)
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    version = ".".join(map(str, connection.get_database_version()))
    words = f"{connection.display_name} {version}, {_gib(_database_size())}, reachable."
    if missing:
        number = "1 migration is" if missing == 1 else f"{missing} migrations are"
        remedy = "Run “bin/portal manage migrate”."
        return Check("Database", BAD, f"{words} {number} not applied.", remedy)
    if unguarded := only_grows.missing():
        remedy = "Run “bin/portal manage migrate”, which makes them again, and find out who removed them."
        words += f" Triggers that keep history are missing: {', '.join(unguarded)}."
        return Check("Database", BAD, words, remedy)
    return Check("Database", GOOD, f"{words} Every migration is applied.")


def version() -> Check:
    before = settings.PREVIOUS_RELEASE["version"]
    words = f"This server runs {settings.VERSION}. While an upgrade is under way, {before} may run beside it."
    return Check("Version", GOOD, words)


def _database_size() -> int:
    asked = {
        "postgresql": "SELECT pg_database_size(current_database())",
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return cursor.fetchone()[0]


def backup(at: dt.datetime) -> Check:
    made, remedy = last_backups(), "Run “bin/portal backup”, and see why its timer did not."
    unknown = [part for part, when in made.items() if when is None]
    if unknown and settings.BACKUP_STAMP:
        return Check("Backup", BAD, "The file that BACKUP_STAMP names is not there.", remedy)
    if unknown:
        words = f"It is not known when the {' and the '.join(unknown)} last had a backup."
        return Check("Backup", LOOK, words, remedy)
    oldest = min(when for when in made.values() if when)
    words = f"The last one was made {timesince(oldest, at)} ago."
    if at - oldest > BACKUP_TOO_OLD:
        return Check("Backup", BAD, words, remedy)
    if at - oldest > BACKUP_OLD:
        return Check("Backup", LOOK, words, remedy)
    return Check("Backup", GOOD, words)


def last_backups() -> dict[str, dt.datetime | None]:
    """Part -> when its last one succeeded, as far as that is known: by `bin/portal backup`, or by a board's own,
    which touches a file for both."""
    if not settings.BACKUP_STAMP:
        row = SiteIdentity.objects.values(*BACKED_UP.values()).first() or {}
        return {part: row.get(field) for part, field in BACKED_UP.items()}
    try:
        touched = dt.datetime.fromtimestamp(Path(settings.BACKUP_STAMP).stat().st_mtime, dt.UTC)
    except OSError:
        return dict.fromkeys(BACKED_UP)
    return dict.fromkeys(BACKED_UP, touched)


def scanner() -> Check:
    name = "Virus scanner"
    if not virus_scan.is_there():
        words = "None is set up: files in File Exchange are checked for what they are, and not for viruses."
        return Check(name, LOOK, words, "Run clamd, and say in CLAMD where it listens.")
    if virus_scan.answers():
        return Check(name, GOOD, "It answers.")
    remedy = "Files in File Exchange wait until it answers. Start clamd, or check CLAMD."
    return Check(name, BAD, "It cannot be reached.", remedy)


def _gib(size: int) -> str:
    for unit, bytes_ in (("GiB", 1024**3), ("MiB", 1024**2)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size / 1024:.0f} KiB"
