"""Rows by the hundred thousand: on PostgreSQL through COPY, elsewhere as objects.

The caller names the columns that it fills; every other one has its field's default. Rows get their
primary keys before they are written, so that other rows can refer to them.
"""

import io
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Max, Model

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def reserve(model: type[Model], count: int) -> list[int]:
    """So many primary keys that nobody else gets."""
    if connection.vendor != "postgresql":
        last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def store(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write these rows, each with a value for each of the columns."""
    if connection.vendor == "postgresql":
        _copy(model, columns, rows)
    else:
        model._default_manager.bulk_create(
            model(**dict(zip(columns, row, strict=True))) for row in rows
        )


def check_at_once() -> None:
    """Let the database check keys with each batch, not keep them all in mind until the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def fsync(*models: type[Model]) -> None:
    """Let the database look at what was written in bulk, as it does by itself in time."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _copy(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    others = [field for name, field in fields.items() if name not in columns]
    defaults = "".join(f"\t{_text(field.get_default())}" for field in others) + "\n"
    text = io.StringIO()
    for row in rows:
        text.write("\t".join(map(_text, row)) + defaults)
    text.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(
        quote(field.column or "") for field in [*(fields[name] for name in columns), *others]
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN", text)


def _text(value: Any) -> str:
    """A value as COPY takes it: tabs between, `\\N` for none."""
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    if isinstance(value, dict | list | tuple):
        value = json.dumps(value)
    return str(value).translate(ESCAPES)
