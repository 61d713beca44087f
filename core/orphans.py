"""Orphans: an encrypted file that no row knows is not deleted, but goes to quarantine for its time.

The database may be the one that is wrong: a copy of yesterday, or an empty one. So every hour the
worker compares what lies in the storage with what rows know. What has been there for over a day and is
known to none, an orphan, is moved as it is to `.quarantine` in its own area, counted and logged; it comes
back by itself when a row knows it again, and else is removed when it has been there for its time
(QUARANTINE_DAYS). A file that a row names and that is not there is told as well. Which areas there are
stands in `settings.ENCRYPTED_STORES`.

A process that was killed may also leave a row of an encrypted file to which no other row points, so that
nobody can ever read it. Django's relations tell which models can point to it, so a new model counts from
its first day. After a day such a row goes, and its bytes go to quarantine.

Where more than one in a hundred files would go within a day, nothing is moved: a person must look and
go on (`manage.py orphans`). Killed workers leave a few, and of few files one is many; so as many as
ten go unasked, but no more than half of all, beside the first. Nothing at all is moved while database
and storage are not of one site (`site_identity`).
"""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from core import encrypted_files, site_identity
from core.models import EncryptedFile, OrphanCheck
from core.write_lease import free
from storage import quarantine as aside
from storage.store import Kept, Store, store

DAY = dt.timedelta(days=1)
FEW = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Area:
    """Encrypted files in the storage: those whose name matches `pattern`. `known`: of those that rows know,
    whether the file must be there, or only may."""

    name: str
    pattern: str
    known: Callable[[], dict[str, bool]]

    def store(self) -> Store:
        return store(self.name)

    def files(self) -> Iterator[Kept]:
        return (kept for kept in self.store().listed() if re.fullmatch(self.pattern, kept.name))


@dataclass(frozen=True)
class Found:
    """At one look: how many files there are, which no row knows, and which are not there."""

    files: int = 0
    orphans: list[tuple[Area, str]] = field(default_factory=list)
    missing: list[tuple[Area, str]] = field(default_factory=list)


ENCRYPTED_FILES = Area("stored", r"[^/]{2}/[^/]{8}-[^/]{4}-[^/]*", encrypted_files.known)


def areas() -> list[Area]:
    return [import_string(path) for path in settings.ENCRYPTED_STORES]


def allowed(files: int) -> int:
    """How many of so many may be moved unasked."""
    return max(1, min(FEW, files // 2), files // 100)


def look(at: dt.datetime | None = None) -> Found:
    """Files first, then rows: what is written meanwhile is known by then."""
    young = ((at or timezone.now()) - DAY).timestamp()
    files, orphans, missing = 0, [], []
    for area in areas():
        written = {kept.name: kept.written for kept in area.files()}
        known = area.known()
        files += len(written)
        orphans += [
            (area, name)
            for name, when in sorted(written.items())
            if name not in known and when < young
        ]
        gone = [name for name, must in known.items() if must and name not in written]
        gone = [name for name in gone if not area.store().exists(name)]
        if gone:  # some may have been destroyed since the files were listed
            known = area.known()
        missing += [(area, name) for name in gone if known.get(name)]
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
        logger.error("%s encrypted files that rows know are not in the storage", missing)
    _remove_old(at)
    left = len(found.orphans) - moved
    facts = {"looked_at": at, "files": found.files, "orphans": left, "missing": missing}
    facts |= {"quarantined": sum(1 for _ in quarantined()), "asks": asks and left > 0}
    OrphanCheck.objects.update_or_create(only=1, defaults=facts)
    return moved


def why_not_its_files() -> str:
    """Why this database cannot be that of this storage, by what lies there; empty when it may be."""
    found = look(timezone.now() + 2 * DAY)  # those of the last day, too
    known = sum(len(area.known()) for area in areas())
    if found.orphans and (not known or len(found.orphans) > allowed(found.files)):
        return f"The database knows nothing of {len(found.orphans)} encrypted files in the storage."
    if found.missing and (not found.files or len(found.missing) > allowed(known)):
        return f"The storage lacks {len(found.missing)} encrypted files that the database knows."
    return ""


def quarantine(orphans: list[tuple[Area, str]], *, why: str, at: dt.datetime | None = None) -> int:
    """Move these, into a folder of the day and `why`; how many."""
    day = f"{at or timezone.now():%Y-%m-%d}{why}"
    return sum(1 for area, name in orphans for _ in aside.move_in(area.name, [name], day))


def give_back(wanted: list[tuple[Area, str]]) -> int:
    """Of these, put back into their places what lies in quarantine; how many."""
    back = 0
    for area in areas():
        names = [name for of, name in wanted if of == area]
        back += sum(1 for _ in aside.give_back(area.name, names))
    _record("orphans_given_back", back)
    return back


def quarantined() -> Iterator[tuple[str, str, str]]:
    """(area, name, where it lies), the latest last."""
    return ((area.name, one.name, one.place) for area in areas() for one in aside.lying(area.name))


def remove_orphan_rows(at: dt.datetime | None = None, *, confirmed: bool = False) -> int:
    """Remove the files that were begun over a day ago and that nothing points to; how many. One that
    somebody is writing to stays."""
    found = list(old_orphan_rows(at))
    if not confirmed and are_many_rows(many := len(found)):
        words = "Nothing points to %s encrypted files, more than are removed unasked: see manage.py orphans"
        logger.error(words, many)
        return 0
    return sum(_remove_row(stored, at) for stored in found)


def are_many_rows(count: int) -> bool:
    """As with files; but of the few that a database knows at all, ten may go."""
    return count > max(FEW, allowed(EncryptedFile.objects.count()))


def old_orphan_rows(at: dt.datetime | None = None) -> QuerySet[EncryptedFile]:
    """Those that were begun over a day ago, that nobody writes to and nothing points to."""
    return orphan_rows().filter(free(at), begun_at__lt=(at or timezone.now()) - DAY)


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
    """Remove from the storage what rows know as destroyed, and a killed process has left; how many."""
    rows = EncryptedFile.objects.filter(wrapped_key=None).order_by().values_list("pk", flat=True)
    destroyed = set(map(encrypted_files.name_of, rows))
    left = [kept.name for kept in ENCRYPTED_FILES.files() if kept.name in destroyed]
    for name in left:
        encrypted_files.files().delete(name)
    return len(left)


def abandon_unfinished(at: dt.datetime | None = None) -> int:
    """Where what grows lies apart: abandon what is left of files that are whole, and, after the time in
    quarantine, of those that no row knows; how many."""
    at, left = at or timezone.now(), set()
    for area in areas():
        known = area.known() if (found := list(area.store().unfinished())) else {}
        for name, _, when in found:
            kept = DAY if known.get(name) else settings.QUARANTINE
            if known.get(name) is not False and when < (at - kept).timestamp():
                left.add((area, name))
    for area, name in left:
        area.store().abandon(name)
    return len(left)


def _moved_unasked(at: dt.datetime) -> int:
    """Yesterday and today."""
    days = {f"{at - back:%Y-%m-%d}" for back in (dt.timedelta(0), DAY)}
    lying = (one for area in areas() for one in aside.lying(area.name))
    return sum(one.day.partition(".")[0] in days for one in lying)


def _remove_old(at: dt.datetime) -> None:
    for area in areas():
        removed = aside.remove_before(area.name, (at - settings.QUARANTINE).date())
        _record("orphans_removed", removed)


def _record(action: str, many: int) -> None:
    if many:
        facts = {"subject": "Encrypted files", "new": {"files": many}}
        import_string(settings.AUDIT_RECORD)(action, by="orphans", **facts)


def _remove_row(stored: EncryptedFile, at: dt.datetime | None) -> bool:
    name = encrypted_files.name_of(stored.pk)
    with transaction.atomic():
        rows = EncryptedFile.objects.select_for_update().filter(free(at), pk=stored.pk)
        if not rows or not orphan_rows().filter(pk=stored.pk).exists():  # and none can any more
            return False
        stored.delete()
    quarantine([(ENCRYPTED_FILES, name)], why="-left")
    return True
