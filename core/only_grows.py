"""Tables that only grow: the database itself refuses to change or delete their rows (rule 26).

Each model says so itself (`ONLY_GROWS`): history and the audit trail altogether, a
decision once it is made, a result but for its grade. The triggers are made anew after each `migrate`, for SQLite
drops them with every change of a table's form; the board's state page says where one is missing.

What has an end of life may go after it, or lose the person (rule 27): `settings.ENDS_OF_WHAT_ONLY_GROWS` says
under which condition, and the database asks it row by row.

There is one way around them, for the owner of the database alone: `lifted`, inside one transaction. No
page, task or command uses it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils.module_loading import import_string

EVENTS = ("UPDATE", "DELETE")


@dataclass(frozen=True)
class OnlyGrows:
    """No row of the model is ever deleted or changed, `but` in these fields; nor in these, once `until`
    holds, a condition on OLD."""

    but: Collection[str] = ()
    until: str = ""


@dataclass(frozen=True)
class Guard:
    """`refused`: which UPDATE is, as a condition on OLD and NEW that both databases understand; `yet`: which
    DELETE and UPDATE is let through all the same."""

    app: str
    table: str
    refused: str
    yet: dict[str, str]

    @property
    def names(self) -> list[str]:
        truncate = ["truncate"] if connection.vendor == "postgresql" else []
        return [f"{self.table}_no_{event.lower()}" for event in (*EVENTS, *truncate)]


@cache
def guards() -> dict[str, Guard]:
    """By the table's name."""
    said = [(model, getattr(model, "ONLY_GROWS", None)) for model in apps.get_models()]
    return {model._meta.db_table: _guard(model, rule) for model, rule in said if rule}


def _guard(model: type[Model], rule: OnlyGrows) -> Guard:
    until = [rule.until] if rule.until else []
    refused = " OR ".join([*until, *_changes(model, rule.but)]) if rule.but else "1 = 1"
    yet: dict[str, str] = {}
    if end := import_string(settings.ENDS_OF_WHAT_ONLY_GROWS).get(model._meta.label):
        others = " OR ".join(_changes(model, end.strips))
        yet = {"UPDATE": f"{end.when} AND NOT ({others})"} if end.strips else {"DELETE": end.when}
    return Guard(model._meta.app_label, model._meta.db_table, refused, yet)


def _changes(model: type[Model], but: Collection[str]) -> list[str]:
    """A condition for each field but these: it is changed."""
    stored = [field.column for field in model._meta.concrete_fields if field.name not in but]
    return [
        f'OLD."{one}" <> NEW."{one}" OR (OLD."{one}" IS NULL) <> (NEW."{one}" IS NULL)'
        for one in stored
    ]


def install(sender: Any = None, **kwargs: Any) -> None:
    """Make the triggers of an app's tables, or of all (after `migrate`)."""
    there = set(connection.introspection.table_names())
    for one in guards().values():
        if one.table in there and (sender is None or one.app == sender.label):
            # One table at a time, each for a moment: `migrate` waits for no lock for long.
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in _ON[connection.vendor](one):
                    cursor.execute(statement)


def stand_aside(sender: Any, **kwargs: Any) -> None:
    """Before `migrate`, on SQLite: it renames no table that a trigger of another names. `install` follows."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for one in guards().values():
                if one.app == sender.label:
                    _drop(cursor, one)


def missing() -> list[str]:
    """The tables with a trigger that is not there, or does not act (one query)."""
    asked = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        found = {name for (name,) in cursor.fetchall()}
    return sorted(one.table for one in guards().values() if not found.issuperset(one.names))


@contextmanager
def lifted() -> Iterator[None]:
    """Inside this block, which is one transaction, rows can be changed and deleted."""
    with transaction.atomic(), connection.cursor() as cursor:
        _settle(cursor)
        for one in guards().values():
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {one.table} DISABLE TRIGGER USER")
            else:
                _drop(cursor, one)
        yield
        _settle(cursor)
        if connection.vendor == "postgresql":
            for one in guards().values():
                cursor.execute(f"ALTER TABLE {one.table} ENABLE TRIGGER USER")
        else:
            install()


def _drop(cursor: Any, one: Guard) -> None:
    for name in one.names:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _settle(cursor: Any) -> None:
    """PostgreSQL alters no table on whose rows a check still waits for the end of the transaction."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _on_sqlite(one: Guard) -> Iterator[str]:
    for event, name in zip(EVENTS, one.names, strict=True):
        refused = one.refused if event == "UPDATE" else "1 = 1"
        when = f"({refused}) AND NOT ({one.yet.get(event, '1 = 0')})"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {event} ON {one.table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{one.table} only grows: no {event}'); END"
        )


def _on_postgresql(one: Guard) -> Iterator[str]:
    yield REFUSE
    for event, name in zip((*EVENTS, "TRUNCATE"), one.names, strict=True):
        each = "STATEMENT" if event == "TRUNCATE" else "ROW"
        when = f" WHEN ({one.refused})" if event == "UPDATE" else ""
        act = "only_grows"
        if yet := one.yet.get(event):
            act, row = f"{name}_yet", "OLD" if event == "DELETE" else "NEW"
            yield REFUSE_UNLESS.format(act=act, yet=yet, row=row)
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {one.table} "
            f"FOR EACH {each}{when} EXECUTE FUNCTION {act}()"
        )


RAISE = """
    RAISE EXCEPTION '% only grows: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""
REFUSE = f"""
CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {RAISE}
"""
REFUSE_UNLESS = f"""
CREATE OR REPLACE FUNCTION {{act}}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF {{yet}} THEN RETURN {{row}}; END IF; {RAISE}
"""

_ON = {"postgresql": _on_postgresql, "sqlite": _on_sqlite}
