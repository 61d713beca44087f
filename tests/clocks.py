"""The database's clock, as a test sets it: in the database of the tests alone.

A moment that a test passes as `at`, or to which it travels, is meant for both clocks. So in tests the
database's is ahead of every other, and the application's decides; until a test sets the database's.
"""

import datetime as dt
from importlib import import_module

from django.db import connection
from django.db.backends.signals import connection_created

from core.gate_clock import in_sqlite, register

FAR_AHEAD = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
LATE = "'9999-12-31 00:00+00'"
ON_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION gate_clock() RETURNS timestamp with time zone
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('tests.clock', true), ''), {LATE})::timestamptz $$
"""
told = FAR_AHEAD  # by SQLite's


def install() -> None:
    """Into the database of the tests, for every connection to it."""
    connection_created.connect(_register, dispatch_uid="tests.clocks")
    connection.ensure_connection()
    _register(connection)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(ON_POSTGRESQL)


def as_in_production() -> None:
    """What the migration makes, or is registered on each connection; until `install`."""
    register(connection)
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(import_module("core.migrations.0002_database").CLOCK_ON_POSTGRESQL)


def set_database_clock(at: dt.datetime) -> None:
    """For this connection; on PostgreSQL until the end of a test that is one transaction."""
    global told
    told = at
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('tests.clock', %s, false)", [at.isoformat()])


def _register(connection, **kwargs) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("gate_clock", 0, lambda: in_sqlite(told))
