"""The check at the start of a process: its keys and its storage belong to the site of its database.
What it lacks beside that – migrations, static files – is told by `operations`.

The website and the worker ask it at their start, `manage.py check` and readiness whenever they are
asked. The first start, or `migrate`, notes what is there; from then on whatever does not fit is refused
with the way on, and the state page tells the board. A key that is new (a rotation) is noted.

What is not known yet is not believed where rows say otherwise: a master key must open what is wrapped
under its id. Of a pepper no row can tell, so the first one noted counts.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection, transaction

from board import database_log
from core import key_fingerprints, orphans, restored, site_identity
from core.database_errors import is_away
from core.errors import log_error
from core.models import KeyFingerprint, SiteIdentity
from core.outages import outage
from operations import static_manifest
from portal import tls, wiring
from portal.key_rotation import KINDS, opens_what_is_stored
from storage.store import StorageError

logger = logging.getLogger(__name__)


class CannotStart(ImproperlyConfigured):
    """The text says why, and how to mend it."""


class StorageIsAway(CannotStart):
    """The website starts all the same: who looks at results needs none."""


def reasons() -> list[str]:
    """Why this process must not serve. Nothing is written; before `migrate` keys and site say nothing."""
    known = [*_unbelieved(), *site_identity.reasons()] if _tables_are_there() else []
    return [*wiring.faults(), *known]


def require() -> None:
    """Note what is new of this site, or refuse. Two that start at once do it one after the other, each
    all or nothing. Raises CannotStart."""
    if not _tables_are_there():
        return
    try:
        with transaction.atomic():
            if site_identity.of_the_database() is None and (why := orphans.why_not_its_files()):
                raise site_identity.NotOneSite(f"{why} {site_identity.MEND}")
            site_identity.begin()
            if found := reasons():
                raise CannotStart(" ".join(found))
            for setting, key_id in key_fingerprints.new():
                key_fingerprints.note(setting, key_id)
            restored.note_first()
        if told := database_log.faults():
            logger.warning("%s", database_log.sentence(told))
    except site_identity.NotOneSite as error:
        raise CannotStart(str(error)) from None
    except StorageError as error:
        log_error(error, "the start")
        raise StorageIsAway(site_identity.AWAY) from None
    except CannotStart:
        key_fingerprints.note_refused(key_fingerprints.misfits())
        raise


def require_or_wait() -> None:
    """For the website: while storage or database is away, or lacks migrations, it starts all the same, not ready.
    Without its static files it does not start: it reads their manifest once."""
    for warning in tls.check():
        logger.warning("%s", warning.msg)
    try:
        require()
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        outage.note(error)
    except StorageIsAway as error:
        logger.warning("%s", error)
    finally:
        connection.close()
    static_manifest.require()


def after_migrate(**signal: Any) -> None:
    """The first to note keys and site id. What is refused keeps nothing from being migrated."""
    try:
        require()
    except CannotStart as error:
        logger.error("%s", error)


def check(**asked: Any) -> list[CheckMessage]:
    """For every command: none runs with keys that do not fit, but those that ask for no checks, to mend or to tell.
    The board reads of it: a worker is refused here, before it asks `require`."""
    try:
        if found := reasons():
            key_fingerprints.note_refused(key_fingerprints.misfits())
        return [Error(reason, id="portal.E001") for reason in found]
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        return []


def _tables_are_there() -> bool:
    needed = {SiteIdentity._meta.db_table, KeyFingerprint._meta.db_table}
    return needed.issubset(connection.introspection.table_names())


def _unbelieved() -> Iterator[str]:
    """What rows say against master keys that are not noted yet."""
    new = [key_id for setting, key_id in key_fingerprints.new() if setting == "MASTER_KEYS"]
    if not new:
        return
    for key_id in new:
        if not opens_what_is_stored(key_id):
            yield (
                f"Key {key_id} of MASTER_KEYS opens nothing of what this site has stored under that "
                "id, so it is another site's. Put the site's own in its place."
            )
    noted = key_fingerprints.ids("MASTER_KEYS")
    for key_id in sorted(KINDS["master"].needed.keys() - noted - set(new)):
        yield f"Key {key_id} of MASTER_KEYS is missing, and rows need it. Put it back behind the others."
