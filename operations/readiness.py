"""Readiness: whether this process may be sent people, and if not, why.

`settings.READINESS` lists what is asked, by dotted path: each answers with sentences, none where all is well.
A database that is away is told once, in place of what could not be asked.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils.module_loading import import_string

from core import gate_clock
from core.database_errors import code_of, is_away

Check = Callable[[], list[str]]


def reasons(beside: tuple[str, ...] = ()) -> list[str]:
    """Why this process must not serve; what is `beside` is not asked."""
    found: list[str] = []
    for path in settings.READINESS:
        if path in beside:
            continue
        check: Check = import_string(path)
        try:
            found += check()
        except (DatabaseError, InterfaceError) as error:
            if is_away(error):
                return [*found, f"The database is away ({code_of(error) or 'no answer'})."]
            if (
                not found
            ):  # on a schema that lacks migrations it cannot be asked, which is said already
                raise
    return found


def database() -> list[str]:
    """It answers, and takes writes: one that only reads is a copy of the one that another machine has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_is_in_recovery()")
            if cursor.fetchone()[0]:
                return [
                    "The database only reads: it is a standby. Set DATABASE_URL to the primary."
                ]
    return []


def clock() -> list[str]:
    """This host's against the database's (rule 25)."""
    said = gate_clock.disagreement()
    return [said] if said else []
