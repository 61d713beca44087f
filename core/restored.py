"""A restored database is known by itself, and work waits in it until somebody has said that it goes on.

What happened after its copy was made it does not know: a worker that went on would end logins that were
printed since, and a gate would open although it was held since. So a row says which database this is, and
no restore can bring along that it is the same. Every recovery of PostgreSQL to a point in time, and every
promotion of a standby, begins a new timeline; another server has another system identifier; a dump that
is loaded makes its tables anew. SQLite has none of these: there the copy itself says that it is one, as
the backup writes into it. Whoever restores in another way says so: `manage.py restored --stop`.
"""

from contextlib import suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection

THIS_DATABASE = {
    "postgresql": """CASE WHEN pg_is_in_recovery() THEN 'in recovery' ELSE
        (SELECT system_identifier FROM pg_control_system()) || ' '
        || left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' '
        || 'core_siteidentity'::regclass::oid END""",
    "sqlite": "'the original'",
}
STOPPED = "The database was restored: work waits until somebody says that it goes on, by manage.py restored"


def is_stopped() -> bool:
    """Whether this database is another than the one that was noted (one query)."""
    noted, this = _noted_and_this()
    return bool(noted) and noted != this


def note_first() -> None:
    """At the first start: this is the original."""
    _note(THIS_DATABASE[connection.vendor], "WHERE database = ''")


def stop(why: str) -> None:
    """Until `go_on`. `why`: why it is not known which database this is."""
    _note("%s", "", why)


def go_on() -> None:
    """This is the site's database from now on."""
    _note(THIS_DATABASE[connection.vendor])


def closes_pages() -> bool:
    """For a page, by the connection that it will use: no query, unless that was found to be stopped."""
    with suppress(DatabaseError, InterfaceError):  # else the page will say so
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if getattr(connection, "is_of_a_restored", False):
            note_of_connection(None, connection)
    return getattr(connection, "is_of_a_restored", False)


def note_of_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Each new connection knows it: a server that was restored has closed all that it had."""
    connection.is_of_a_restored = False
    with suppress(DatabaseError):  # before `migrate`
        if connection.alias == DEFAULT_DB_ALIAS:  # not the one that makes a database for tests
            connection.is_of_a_restored = is_stopped()


def _noted_and_this() -> tuple[str, str]:
    with connection.cursor() as cursor:
        this = THIS_DATABASE[connection.vendor]
        cursor.execute(f"SELECT database, {this} FROM core_siteidentity")  # noqa: S608 # nosec B608 # our own words
        return cursor.fetchone() or ("", "")


def _note(this: str, where: str = "", *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_siteidentity SET database = {this} {where}", values)  # noqa: S608 # nosec B608 # our own words
