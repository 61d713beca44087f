"""The site's identity: database and storage belong together when both hold the same site id.

Else a worker would take the files of one site for the orphans of another, and pages would miss what
they are to give. Both get their id at the first start; from then on a process to which they do not say
the same does not start, and moves no file. After a backup of the database was restored both still
agree, for it is the same site (what it does not know then: `orphans`). Who deliberately brings
together what was apart says so: `manage.py site --pair`.
"""

import uuid

from core import key_fingerprints
from core.models import SiteIdentity
from storage.store import StorageError, store

FILE = "site-id"
MEND = (
    "See that DATABASE_URL and the storage (STORAGE_URL, else DATA_DIR) are those of the same site, and that "
    "a disk that it lies on is mounted. If you brought them together on purpose, say so: manage.py site --pair"
)

AWAY = "The storage cannot be reached, or refuses. See STORAGE_URL and its credentials."


class NotOneSite(Exception):
    """The text says what does not agree, and how to mend it."""


def of_the_database() -> uuid.UUID | None:
    return SiteIdentity.objects.values_list("site_id", flat=True).first()


def of_the_storage() -> uuid.UUID | None:
    """May raise OSError, and ValueError when the file holds something else."""
    try:
        return uuid.UUID(store("").read(FILE).decode().strip())
    except FileNotFoundError:
        return None


def disagreement() -> str:
    """Why this database and this storage are not of one site; empty when they are, and while neither
    has an id."""
    try:
        return _disagreement(of_the_database())
    except StorageError:
        return AWAY


def storage_away() -> list[str]:
    """What of readiness those need not who only read results."""
    try:
        store("").exists(FILE)
    except StorageError:
        return [AWAY]
    return []


def reasons() -> list[str]:
    """Why this process, its keys and its storage, is not of this site, as far as its database has
    something noted (two queries)."""
    found = [key_fingerprints.in_words(noted) for noted in key_fingerprints.misfits()]
    try:
        return [*found, why] if (why := _disagreement(of_the_database())) else found
    except StorageError:  # `storage_away` tells it
        return found


def begin() -> None:
    """The first start: one id for both, in the caller's transaction. Who comes second waits, and takes
    what the first has made. Raises NotOneSite, OSError: StorageError where the storage is away."""
    _, is_first = SiteIdentity.objects.get_or_create(only=1)
    site = SiteIdentity.objects.select_for_update().get()
    if is_first:
        if why := _disagreement(None):
            raise NotOneSite(why)
        store("").create(FILE, _text(site.site_id))  # another site's stays: the two do not agree
    if why := _disagreement(site.site_id):
        raise NotOneSite(why)


def pair() -> None:
    """These belong together: a new id for both, so that no other copy of either fits any more.
    To be called in a transaction. May raise OSError; then nothing is changed."""
    SiteIdentity.objects.get_or_create(only=1)
    site = SiteIdentity.objects.select_for_update().get()
    site.site_id = uuid.uuid4()
    site.save()
    store("").replace(FILE, _text(site.site_id))


def _disagreement(database: uuid.UUID | None) -> str:
    try:
        stored = of_the_storage()
    except StorageError:
        raise
    except (OSError, ValueError) as error:
        return f"{FILE} in the storage cannot be read ({type(error).__name__}). {MEND}"
    if database == stored:
        return ""
    if stored is None:
        return f"The database belongs to a site, and the storage has no file {FILE}. {MEND}"
    if database is None:
        return f"The storage belongs to a site, and the database to none. {MEND}"
    return f"The database belongs to another site than the storage. {MEND}"


def _text(site_id: uuid.UUID) -> bytes:
    return f"{site_id}\n".encode()
