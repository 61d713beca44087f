"""The instant by which gates open: the earlier of two clocks, this host's and the database's (rule 25).

A host whose clock runs ahead opens nothing early, nor does a database whose clock does. The two are
compared inside the SQL of each gate: `gate_time(at)` stands there in the place of an instant. What a
page says beside that (what is awaited, and until when) goes by the same instant, which the gate hands
back with its rows; who asks no gate has it from `now`.

The database's clock is its function `gate_clock`: on PostgreSQL the server's own, made by a migration;
on SQLite, which has no server, this host's, registered on each connection. Nothing here shifts it:
tests replace the function in their own database, and `skew` asks the very function that gates ask.
"""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Expression, Func, Value
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.dateparse import parse_datetime

MOST_SKEW = dt.timedelta(seconds=0.5)  # more is told on the state page, and fails readiness


class DatabaseClock(Func):
    function = "gate_clock"
    arity = 0
    output_field = DateTimeField()


def gate_time(at: dt.datetime | Expression) -> Expression:
    """The earlier of this instant, by the application's clock, and the database's, in SQL."""
    if isinstance(at, dt.datetime):
        at = Value(at, output_field=DateTimeField())
    return Least(at, DatabaseClock())


def now(at: dt.datetime | None = None) -> dt.datetime:
    """The same, now, for those who decide by it outside SQL (one query). `at`: what this host's clock says."""
    return min(at or timezone.now(), _database_time())


def skew() -> dt.timedelta:
    """By how much the database's clock is ahead of this host's; negative where it is behind (one query).

    The database read its clock between our question and its answer. Only a time outside these two is
    skew: a slow answer is none.
    """
    asked = timezone.now()
    told = _database_time()
    answered = timezone.now()
    if told > answered:
        return told - answered
    return min(told - asked, dt.timedelta())


def disagreement() -> str:
    """In a sentence, where the clocks are further apart than MOST_SKEW; else empty (one query)."""
    by = skew()
    if abs(by) <= MOST_SKEW:
        return ""
    how = "ahead of" if by > dt.timedelta() else "behind"
    return f"The database’s clock is {abs(by).total_seconds():.1f} s {how} this server’s."


def _database_time() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate_clock()")
        [told] = cursor.fetchone()
    if isinstance(told, str):  # SQLite has no type for an instant
        told = parse_datetime(told).replace(tzinfo=dt.UTC)  # type: ignore[union-attr]
    return told


def register(connection: Any, **kwargs: Any) -> None:
    """On each new connection to SQLite: its clock is this host's."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("gate_clock", 0, lambda: in_sqlite(timezone.now()))


def in_sqlite(at: dt.datetime) -> str:
    """As Django stores an instant there, so that the two compare."""
    return str(at.astimezone(dt.UTC).replace(tzinfo=None))
