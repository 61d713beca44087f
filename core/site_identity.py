"""The site's identity: database and DATA_DIR belong together when both hold the same site id.

Else a worker would take the files of one site for the orphans of another, and pages would miss what
they are to give. Both get their id at the first start; from then on a process to which they do not say
the same does not start, and moves no file. After a backup of the database was restored both still
agree, for it is the same site (what it does not know then: `orphans`). Who deliberately brings
together what was apart says so: `manage.py site --pair`.
"""

import os
import uuid
from pathlib import Path

from django.conf import settings

from core import key_fingerprints
from core.disk import fsync
from core.models import SiteIdentity

FILE = "site-id"
MEND = (
    "See that DATABASE_URL and DATA_DIR are those of the same site, and that the disk of DATA_DIR is "
    "mounted. If you brought them together on purpose, say so: manage.py site --pair"
)


class NotOneSite(Exception):
    """The text says what does not agree, and how to mend it."""


def of_the_database() -> uuid.UUID | None:
    return SiteIdentity.objects.values_list("site_id", flat=True).first()


def of_the_folder() -> uuid.UUID | None:
    """May raise OSError, and ValueError when the file holds something else."""
    try:
        return uuid.UUID(_path().read_text().strip())
    except FileNotFoundError:
        return None


def disagreement() -> str:
    """Why this database and this DATA_DIR are not of one site; empty when they are, and while neither
    has an id."""
    return _disagreement(of_the_database())


def reasons() -> list[str]:
    """Why this process, its keys and its DATA_DIR, is not of this site, as far as its database has
    something noted (two queries)."""
    found = [key_fingerprints.in_words(noted) for noted in key_fingerprints.misfits()]
    return [*found, why] if (why := disagreement()) else found


def begin() -> None:
    """The first start: one id for both, in the caller's transaction. Who comes second waits, and takes
    what the first has made. Raises NotOneSite, OSError."""
    _, is_first = SiteIdentity.objects.get_or_create(only=1)
    site = SiteIdentity.objects.select_for_update().get()
    if is_first:
        if why := _disagreement(None):
            raise NotOneSite(why)
        _write(site.site_id, new=True)
    if why := disagreement():
        raise NotOneSite(why)


def pair() -> None:
    """These belong together: a new id for both, so that no other copy of either fits any more.
    To be called in a transaction. May raise OSError; then nothing is changed."""
    SiteIdentity.objects.get_or_create(only=1)
    site = SiteIdentity.objects.select_for_update().get()
    site.site_id = uuid.uuid4()
    site.save()
    _write(site.site_id)


def _disagreement(database: uuid.UUID | None) -> str:
    try:
        folder = of_the_folder()
    except (OSError, ValueError) as error:
        return f"{FILE} in DATA_DIR cannot be read ({type(error).__name__}). {MEND}"
    if database == folder:
        return ""
    if folder is None:
        return f"The database belongs to a site, and DATA_DIR has no file {FILE}. {MEND}"
    if database is None:
        return f"DATA_DIR belongs to a site, and the database to none. {MEND}"
    return f"The database belongs to another site than DATA_DIR. {MEND}"


def _path() -> Path:
    return Path(settings.DATA_DIR) / FILE


def _write(site_id: uuid.UUID, *, new: bool = False) -> None:
    """Whole at every moment, and on the disk. A `new` one takes no other's place."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE}.{uuid.uuid4().hex}")
    try:
        draft.write_text(f"{site_id}\n")
        fsync(draft)
        if new:
            os.link(draft, path)
        else:
            draft.replace(path)
        fsync(path.parent)
    except FileExistsError:
        pass  # another site's first start: the two do not agree
    finally:
        draft.unlink(missing_ok=True)
