"""After a test with real transactions: what it has left goes, and the database is as `migrate` had left it.

Django would empty every table, then do all that follows a `migrate`, which takes longer than most tests themselves.
Here a table is touched only where something else is in it than before the first test.
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from core import only_grows, site_identity
from core.models import SiteIdentity

FOLDER = settings.STORAGE_URL
before: dict[str, list[tuple]] = {}  # table -> its rows


def remember() -> None:
    """What is there before the first test."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    before.update({table: _rows(table) for table in sorted(tables)})


def belongs_to_the_folder(sender: Any = None, **signal: Any) -> None:
    """The folder of the tests, and this database, are of one site."""
    if (sender is None or sender.label == "core") and _is_newest():
        with override_settings(STORAGE_URL=FOLDER), transaction.atomic():
            site_identity.pair()


def _is_newest() -> bool:
    """A test of migrations may have gone back."""
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, SiteIdentity._meta.db_table)
    return {field.column for field in SiteIdentity._meta.fields} <= {one.name for one in table}


def remove(case: Any) -> None:
    """In the place of TransactionTestCase._fixture_teardown."""
    filled = _filled()
    changed = [
        table
        for table, rows in before.items()
        if (rows or table in filled) and not (rows and _rows(table) == rows)
    ]
    if changed:
        # What only grows refuses to lose rows.
        with only_grows.lifted(), connection.cursor() as cursor:
            for table in changed:
                cursor.execute(f"DELETE FROM {_name(table)}")
            for table in changed:
                for row in before[table]:
                    values = ", ".join(["%s"] * len(row))
                    cursor.execute(f"INSERT INTO {_name(table)} VALUES ({values})", row)
    with override_settings(STORAGE_URL=FOLDER):
        if site_identity.disagreement():
            belongs_to_the_folder()
            before["core_siteidentity"] = _rows("core_siteidentity")


def _filled() -> set[str]:
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_name(table)})" for table in before]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {table for (table,) in cursor.fetchall()}


def _rows(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {_name(table)}")
        return sorted(cursor.fetchall(), key=repr)


def _name(table: str) -> str:
    return connection.ops.quote_name(table)
