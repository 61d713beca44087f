"""A restored database is known by itself, and work waits in it until somebody has said that it goes on.

What happened after its copy was made it does not know: a worker that went on would end logins that were
printed since, and a gate would open although it was held since. So a row says which database this is, and
no restore can bring along that it is the same: each recovery and promotion of PostgreSQL begins a new timeline,
another server has another system identifier, and a dump makes its tables anew. SQLite has none of these: the
backup writes into its copy that it is one. What no database can know, somebody says: `manage.py restored --stop`.
"""

import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection

THIS_DATABASE = {
    "postgresql": """CASE WHEN pg_is_in_recovery() THEN '-' ELSE concat_ws(' ', 'core_siteidentity'::regclass::oid,
        (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)) END""",
    "sqlite": "'the original'",
}
LOOKS_EVERY = 2  # seconds; no server is restored in less
STOPPED = "The database was restored: work waits until somebody says that it goes on, by manage.py restored"


def is_stopped() -> bool:
    """Whether this database is another than the one that was noted (one query)."""
    this = THIS_DATABASE[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT database NOT IN ('', {this}) FROM core_siteidentity")  # noqa: S608 # nosec B608 # our own words
        return bool((cursor.fetchone() or [False])[0])


def note_first() -> None:
    """At the first start: this is the original."""
    _note(THIS_DATABASE[connection.vendor], "WHERE database = ''")


def stop(why: str) -> None:
    """Until `go_on`. `why`: why it is not known which database this is."""
    _note("%s", "", why)


def go_on() -> None:
    """This is the site's database from now on."""
    _note(THIS_DATABASE[connection.vendor])


def closes_pages(*, looks: bool = True) -> bool:
    """For a page, by the connection that it will use: no query, unless that was found to be stopped, or is a
    pooler's, which outlives the server behind it, and was not asked for LOOKS_EVERY. `looks`: whether to look
    first if it still stands, as Django does at the first query (`core.prepared_queries` does not)."""
    with suppress(DatabaseError, InterfaceError):  # else the page will say so
        if looks:
            connection.close_if_health_check_failed()
        connection.ensure_connection()
        if getattr(connection, "is_of_a_restored", False) or _may_be_of_another_by_now():
            note_of_connection(None, connection)
    return getattr(connection, "is_of_a_restored", False)


def note_of_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Each new connection knows it: a server that was restored has closed all that it had."""
    connection.is_of_a_restored, connection.asked_at = False, 0.0
    with suppress(DatabaseError):  # before `migrate`
        if connection.alias == DEFAULT_DB_ALIAS:  # not the one that makes a database for tests
            connection.is_of_a_restored = is_stopped()
            connection.asked_at = time.monotonic()


def _may_be_of_another_by_now() -> bool:
    asked_at = getattr(connection, "asked_at", 0.0)
    return settings.DATABASE_POOLING == "transaction" and time.monotonic() - asked_at > LOOKS_EVERY


def _note(this: str, where: str = "", *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_siteidentity SET database = {this} {where}", values)  # noqa: S608 # nosec B608 # our own words
