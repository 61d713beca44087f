"""Backup: the database first, then the files, so that what the database knows is among them; never the keys.

PostgreSQL is backed up by pgBackRest, with all that is written between two backups. SQLite is copied by its own
means while the site runs, and the copy says that it is one (`core.restored`). Of files the new ones are copied to
BACKUP_DIR; what is gone from the storage stays there for BACKUP_KEEP_DAYS, as older copies of the database may
know it. An S3 keeps versions of its own.

Letters and files are encrypted as they are stored, and worth nothing without the keys. The database is not: it holds
names and grades in clear. pgBackRest encrypts its repository (deploy/pgbackrest); a copy of SQLite is as clear as the
database itself, so BACKUP_DIR must lie on an encrypted disk.
"""

import os
import sqlite3
import subprocess  # nosec B404 # pgBackRest, by a fixed command
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from board.resources import BACKED_UP
from core import orphans, site_identity
from core.models import SiteIdentity
from storage.folder import Folder, fsync
from storage.store import Store, store

AT_ONCE = 8 * 1024 * 1024  # bytes of a file
GONE = ".gone"  # what the storage no longer has, by the day on which that was seen
KEYS_APART = (
    "The keys are not in it and must never be: keep SECRET_KEY, PEPPER_KEYS and MASTER_KEYS (or "
    "DATA_DIR/keys.json) in another place. Without them no letter and no file opens."
)


IN_CLEAR = (
    "This copy holds names and grades in clear, as the database does: keep BACKUP_DIR on an encrypted disk, and "
    "encrypt what you carry away from it."
)


class CannotBackUp(Exception):
    """The text says why, and what to do."""


def folder() -> Path:
    """BACKUP_DIR, which holds no keys and is this site's alone. Raises CannotBackUp, OSError."""
    if not settings.BACKUP_DIR:
        raise CannotBackUp("Set BACKUP_DIR to a folder on another disk.")
    place, data = Path(settings.BACKUP_DIR).resolve(), Path(settings.DATA_DIR)
    if place.is_relative_to(data) or data.is_relative_to(place):
        raise CannotBackUp("BACKUP_DIR and DATA_DIR lie in each other: the keys lie there, too.")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if keys := [*place.glob("keys*.json"), *place.glob("*/keys*.json")]:
        raise CannotBackUp(f"There are keys in BACKUP_DIR: take {keys[0]} away. {KEYS_APART}")
    return place


def begin() -> None:
    """Raises CannotBackUp where BACKUP_DIR holds another site's files."""
    if why := site_identity.disagreement():
        raise CannotBackUp(why)
    if _is_bucket() and connection.vendor != "sqlite":  # nothing comes to BACKUP_DIR
        return
    ours = str(site_identity.of_the_database()).encode()
    mark = Folder(str(folder()), "")
    if not mark.create(site_identity.FILE, ours) and mark.read(site_identity.FILE) != ours:
        raise CannotBackUp("BACKUP_DIR holds the backup of another site. Name a folder of its own.")


def of_the_database() -> str:
    """What was made, in a sentence. Raises CannotBackUp."""
    if connection.vendor == "sqlite":
        return f"SQLite is copied to {copy_of_sqlite(folder() / 'database')}. {IN_CLEAR}"
    pgbackrest("backup")
    return "pgBackRest has backed up PostgreSQL."


def copy_of_sqlite(place: Path) -> Path:
    """As it is at one moment, while others go on writing. It says that it is a copy."""
    place.mkdir(exist_ok=True, mode=0o700)
    path = place / f"{timezone.now():%Y-%m-%dT%H%M%S.%fZ}.sqlite3"
    draft = path.with_suffix(".part")
    with (
        closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as source,
        closing(sqlite3.connect(draft)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # else it cannot be read where nobody may write
        copy.execute("UPDATE core_siteidentity SET database = ?", [f"copy: {path.stem}"])
        copy.commit()
        [[said]] = copy.execute("PRAGMA quick_check(1)").fetchall()
    if said != "ok":
        raise CannotBackUp(f"The copy is damaged, so the database may be: {said}")
    fsync(draft)
    draft.rename(path)
    fsync(place)
    return path


def pgbackrest(*words: str) -> None:
    """As the owner of PostgreSQL's files, where this is root. Raises CannotBackUp."""
    command = ["pgbackrest", f"--stanza={settings.PGBACKREST_STANZA}", *words]
    own = {} if os.geteuid() else {"user": "postgres", "group": "postgres", "extra_groups": []}
    try:
        subprocess.run(command, check=True, cwd="/", **own)  # type: ignore[call-overload] # nosec B603 # a fixed command
    except FileNotFoundError:
        raise CannotBackUp(
            "pgBackRest is not on this machine. Run it where PostgreSQL runs (deploy/pgbackrest/), and here "
            "back up the files alone: --files"
        ) from None
    except (subprocess.CalledProcessError, PermissionError) as error:
        raise CannotBackUp(f"pgBackRest has failed; it runs as root or postgres. {error}") from None


def of_files() -> str:
    """Copy what is new, keep what is gone for its time; what was done, in a sentence. Raises OSError."""
    if _is_bucket():
        if not store("").keeps_versions():
            raise CannotBackUp(
                "The bucket keeps no versions, so what is deleted there is lost. Switch versioning on, with a "
                "rule that removes old versions after BACKUP_KEEP_DAYS, and replicate it to another place."
            )
        return "Files are in a bucket that keeps versions; its replication is their backup."
    copied = gone = 0
    for area in orphans.areas():
        to = copies(area.name)
        there = {kept.name: kept for kept in to.listed()}
        for kept in area.files():
            old = there.pop(kept.name, None)
            if old and (old.size, True) == (kept.size, old.written > kept.written):
                continue
            copied += copy(area.store(), to, kept.name)
        for name in there:
            if not area.store().exists(name):
                _set_aside(to, name)
                gone += 1
    return f"Files copied: {copied}; gone from the storage, and kept for a while: {gone}."


def _is_bucket() -> bool:
    return "://" in str(settings.STORAGE_URL)


def copies(area: str) -> Folder:
    return Folder(str(folder() / "files"), area)


def copy(source: Store, to: Store, name: str, place: str = "") -> bool:
    """Whole or not at all, to `place` if it is another; False where it is gone from the source by now."""
    draft = f".part/{name}"
    to.delete(draft)
    at, writer = 0, to.grow(draft, appended=0, saved=0)
    try:
        while data := source.read(name, at, AT_ONCE):
            writer.append(data)
            at += len(data)
        writer.finish(b"")
    except FileNotFoundError:
        return False
    finally:
        writer.close()
    to.delete(place or name)
    to.move(draft, place or name)
    return True


def _set_aside(to: Folder, name: str) -> None:
    place = f"{GONE}/{timezone.now():%Y-%m-%d}/{name}"
    to.delete(place)
    to.move(name, place)


def note(part: str, *, succeeded: bool) -> None:
    """When this part was backed up; after a failure that is not known until the next. Of the database pgBackRest's own
    timer notes it (deploy/pgbackrest/)."""
    SiteIdentity.objects.update(**{BACKED_UP[part]: timezone.now() if succeeded else None})


def finish() -> None:
    """All has succeeded: only now what has been kept for its time is removed."""
    now = timezone.now()
    if settings.BACKUP_STAMP:
        Path(settings.BACKUP_STAMP).touch()
    if not settings.BACKUP_DIR:
        return
    last = f"{now - timedelta(days=settings.BACKUP_KEEP_DAYS):%Y-%m-%d}"
    for path in folder().glob("database/*"):
        if path.name < last:
            path.unlink()
    for area in orphans.areas():
        for kept in copies(area.name).listed(GONE):
            if kept.name.split("/")[1] < last:
                copies(area.name).delete(kept.name)
