"""What a connection through pgbouncer must be told beforehand: it hands on no options of a connection.

So `migrate` notes them with the role that the site signs in as, for this database alone. A role may do that for
itself; each new connection of pgbouncer's has them.
"""

from typing import Any

from django.conf import settings
from django.db import connection


def note_settings(**signal: Any) -> None:
    """After `migrate`, where DATABASE_POOLING says that there is a pgbouncer."""
    if not settings.DATABASE_POOLING or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        database = connection.ops.quote_name(cursor.fetchone()[0])
        for name, value in settings.SESSION_SETTINGS.items():
            cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {name} = {value}")
