"""Orphans: an encrypted file that no row knows is not deleted, but goes to quarantine for 30 days.

The database may be the one that is wrong: a copy of yesterday, or an empty one. So every hour the
worker compares what lies in DATA_DIR with what rows know. What has been there for over a day and is
known to none, an orphan, is moved as it is to `.quarantine` in its own folder, which is on the same
disk, counted and logged; it comes back by itself when a row knows it again, and else is removed when it
has been there for its time (QUARANTINE_DAYS). A file that a row names and that is not there is told as
well. Which folders there are stands in `settings.ENCRYPTED_STORES`.

A process that was killed may also leave a row of an encrypted file to which no other row points, so that
nobody can ever read it. Django's relations tell which models can point to it, so a new model counts from
its first day. After a day such a row goes, and its bytes go to quarantine.

Where more than one in a hundred files would go within a day, nothing is moved: a person must look and
go on (`manage.py orphans`). Killed workers leave a few, and of few files one is many; so as many as
ten go unasked, but no more than half of all, beside the first. Nothing at all is moved while database
and DATA_DIR are not of one site (`site_identity`).
"""

import datetime as dt
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from core import encrypted_files, site_identity
from core.encrypted_files import Busy
from core.models import EncryptedFile, OrphanCheck

DAY = dt.timedelta(days=1)
FEW = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Store:
    """A folder of encrypted files: those that match `pattern`, by their path in it. `known`: of those
    that rows know, whether the file must be there, or only may."""

    name: str
    pattern: str
    folder: Callable[[], Path]
    known: Callable[[], dict[str, bool]]


@dataclass(frozen=True)
class Found:
    """At one look: how many files there are, which no row knows, and which are not there."""

    files: int = 0
    orphans: list[tuple[Store, str]] = field(default_factory=list)
    missing: list[tuple[Store, str]] = field(default_factory=list)


ENCRYPTED_FILES = Store(
    "stored", "??/????????-????-*", encrypted_files.folder, encrypted_files.known
)


def stores() -> list[Store]:
    return [import_string(path) for path in settings.ENCRYPTED_STORES]


def allowed(files: int) -> int:
    """How many of so many may be moved unasked."""
    return max(1, min(FEW, files // 2), files // 100)


def look(at: dt.datetime | None = None) -> Found:
    """Files first, then rows: what is written meanwhile is known by then."""
    young = ((at or timezone.now()) - DAY).timestamp()
    files, orphans, missing = 0, [], []
    for store in stores():
        written = dict(files_of(store))
        known = store.known()
        files += len(written)
        orphans += [
            (store, name)
            for name, when in sorted(written.items())
            if name not in known and when < young
        ]
        gone = [name for name, must in known.items() if must and name not in written]
        gone = [name for name in gone if not (store.folder() / name).exists()]
        if gone:  # some may have been destroyed since the files were listed
            known = store.known()
        missing += [(store, name) for name in gone if known.get(name)]
    return Found(files, orphans, missing)


def put_in_order(*, confirmed: bool = False, at: dt.datetime | None = None) -> int:
    """Give back what a row knows again, move orphans unless they are too many to do so unasked, remove
    from quarantine what has been there for its time, and note what was found; how many were moved."""
    at = at or timezone.now()
    if why := site_identity.disagreement():
        logger.error("No encrypted file is moved. %s", why)
        return 0
    found = look(at)
    missing = len(found.missing) - give_back(found.missing)
    moved = 0
    asks = not confirmed and len(found.orphans) + _moved_unasked(at) > allowed(found.files)
    if asks and found.orphans:
        logger.error(
            "%s of %s encrypted files are known to no row, more than are moved unasked: see "
            "manage.py orphans",
            len(found.orphans),
            found.files,
        )
    elif found.orphans:
        moved = quarantine(found.orphans, why="-confirmed" if confirmed else "", at=at)
        _record("orphans_quarantined", moved)
    if missing:
        logger.error("%s encrypted files that rows know are not in DATA_DIR", missing)
    _remove_old(at)
    left = len(found.orphans) - moved
    facts = {"looked_at": at, "files": found.files, "orphans": left, "missing": missing}
    facts |= {"quarantined": sum(1 for _ in quarantined()), "asks": asks and left > 0}
    OrphanCheck.objects.update_or_create(only=1, defaults=facts)
    return moved


def why_not_its_files() -> str:
    """Why this database cannot be that of this DATA_DIR, by what lies there; empty when it may be."""
    found = look(timezone.now() + 2 * DAY)  # those of the last day, too
    known = sum(len(store.known()) for store in stores())
    if found.orphans and (not known or len(found.orphans) > allowed(found.files)):
        return f"The database knows nothing of {len(found.orphans)} encrypted files in DATA_DIR."
    if found.missing and (not found.files or len(found.missing) > allowed(known)):
        return f"DATA_DIR lacks {len(found.missing)} encrypted files that the database knows."
    return ""


def files_of(store: Store) -> Iterator[tuple[str, float]]:
    """(name, when it was written last)."""
    folder = store.folder()
    for path in folder.glob(store.pattern):
        try:
            yield str(path.relative_to(folder)), path.stat().st_mtime
        except FileNotFoundError:  # destroyed meanwhile
            continue


def quarantine(orphans: list[tuple[Store, str]], *, why: str, at: dt.datetime | None = None) -> int:
    """Move these, into a folder of the day and `why`; how many. One that is gone meanwhile is another
    worker's; one that cannot be moved, as on a full disk, stays."""
    moved = 0
    for store, name in orphans:
        place = _free_place(store, name, f"{at or timezone.now():%Y-%m-%d}{why}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (store.folder() / name).rename(place)
        except FileNotFoundError:
            continue
        except OSError as error:
            logger.error("%s of %s cannot be moved: %s", name, store.name, error.strerror)
            continue
        logger.warning("%s of %s is known to no row: moved to quarantine", name, store.name)
        moved += 1
    return moved


def give_back(wanted: list[tuple[Store, str]]) -> int:
    """Of these, put back into their places what lies in quarantine; how many."""
    lying = {(store, name): path for store, name, path in quarantined()}
    back = 0
    for store, name in wanted:
        path, place = lying.get((store.name, name)), store.folder() / name
        if path is None or place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.rename(place)
        logger.warning("%s of %s is known to a row again: moved back", name, store.name)
        back += 1
    _record("orphans_given_back", back)
    return back


def quarantined() -> Iterator[tuple[str, str, Path]]:
    """(store, name, where it lies), the latest last."""
    for store in stores():
        for day in _days(store):
            for path in sorted(day.glob(store.pattern)):
                yield store.name, str(path.relative_to(day)), path


def remove_orphan_rows(at: dt.datetime | None = None, *, confirmed: bool = False) -> int:
    """Remove the files that were begun over a day ago and that nothing points to; how many. One that
    somebody is writing to stays."""
    found = list(old_orphan_rows(at))
    if not confirmed and are_many_rows(many := len(found)):
        words = "Nothing points to %s encrypted files, more than are removed unasked: see manage.py orphans"
        logger.error(words, many)
        return 0
    removed = 0
    for stored in found:
        with suppress(Busy, OSError):
            removed += _remove_row(stored)
    return removed


def are_many_rows(count: int) -> bool:
    """As with files; but of the few that a database knows at all, ten may go."""
    return count > max(FEW, allowed(EncryptedFile.objects.count()))


def old_orphan_rows(at: dt.datetime | None = None) -> QuerySet[EncryptedFile]:
    """Those that were begun over a day ago and that nothing points to."""
    return orphan_rows().filter(begun_at__lt=(at or timezone.now()) - DAY)


def orphan_rows() -> QuerySet[EncryptedFile]:
    """Those that no row of any model points to, hidden relations (`related_name="+"`) among them."""
    return EncryptedFile.objects.filter(
        *(
            ~Exists(one.related_model._base_manager.filter(**{one.field.name: OuterRef("pk")}))
            for one in EncryptedFile._meta.get_fields(include_hidden=True)
            if isinstance(one, ForeignObjectRel)
        )
    )


def remove_destroyed() -> int:
    """Remove from the disk what rows know as destroyed, and a killed process has left; how many."""
    rows = EncryptedFile.objects.filter(wrapped_key=None).order_by().values_list("pk", flat=True)
    destroyed = set(map(encrypted_files.name_of, rows))
    left = [name for name, _ in files_of(ENCRYPTED_FILES) if name in destroyed]
    for name in left:
        (encrypted_files.folder() / name).unlink(missing_ok=True)
    return len(left)


def _moved_unasked(at: dt.datetime) -> int:
    """Yesterday and today."""
    days = (f"{at - back:%Y-%m-%d}" for back in (dt.timedelta(0), DAY))
    places = [_quarantine_of(store) / day for day in days for store in stores()]
    return sum(1 for place in places for path in place.rglob("*") if path.is_file())


def _remove_old(at: dt.datetime) -> None:
    for store in stores():
        for day in _days(store):
            if dt.date.fromisoformat(day.name[:10]) < (at - settings.QUARANTINE).date():
                many = sum(1 for path in day.rglob("*") if path.is_file())
                shutil.rmtree(day, ignore_errors=True)
                logger.warning("%s: %s files were in quarantine for their time", store.name, many)
                _record("orphans_removed", many)


def _days(store: Store) -> list[Path]:
    """Its folders of quarantine, each named after a day and why: the oldest first."""
    return sorted(_quarantine_of(store).glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"))


def _free_place(store: Store, name: str, day: str) -> Path:
    """One of that name may lie there already."""
    place, number = _quarantine_of(store) / day / name, 1
    while place.exists():
        number += 1
        place = _quarantine_of(store) / f"{day}.{number}" / name
    return place


def _quarantine_of(store: Store) -> Path:
    return store.folder() / ".quarantine"


def _record(action: str, many: int) -> None:
    if many:
        facts = {"subject": "Encrypted files", "new": {"files": many}}
        import_string(settings.AUDIT_RECORD)(action, by="orphans", **facts)


def _remove_row(stored: EncryptedFile) -> bool:
    file = encrypted_files.open_alone(stored)
    try:
        with transaction.atomic():
            list(EncryptedFile.objects.select_for_update().filter(pk=stored.pk))
            found = orphan_rows().filter(pk=stored.pk).first()  # and none can point to it any more
            if found:
                found.delete()
            if found and not os.fstat(file).st_size:
                encrypted_files.path_of(stored).unlink(missing_ok=True)
            elif found:
                quarantine([(ENCRYPTED_FILES, encrypted_files.name_of(stored.pk))], why="-left")
    finally:
        os.close(file)
    return found is not None
