"""`manage.py migrate`: while people use the site, a migration waits for a lock for a moment, and then tries again.

A change of a table needs it for itself. Whoever waits for that stands in a queue, in which everybody waits who comes
behind: one long query would stop every visit. So a statement waits LOCK_TIMEOUT at most; then its migration, which is
one transaction, is undone, and tried again after a pause. What was applied before it stays.
"""

import time
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connection

from core.database_errors import code_of

LOCK_TIMEOUT = "2s"
PAUSES = [1, 2, 4, 8, *[15] * 16]  # seconds: over four minutes
HELD = ("55P03", "40P01")  # a lock was not to be had in time, or not at all


class Command(Migrate):
    pauses = PAUSES

    def handle(self, *args: Any, **options: Any) -> None:
        for pause in [*self.pauses, None]:
            try:
                with connection.execute_wrapper(_wait_briefly):
                    super().handle(*args, **options)
                return
            except OperationalError as error:
                if code_of(error) not in HELD:
                    raise
                if pause is None:
                    raise CommandError(
                        "A table could not be had for a moment in four minutes: a long query or transaction holds it. "
                        "What was applied stays; run this again when it has ended."
                    ) from None
                self.stdout.write(f"\nA table is in use. Again in {pause} s.")
                time.sleep(pause)


def _wait_briefly(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        # By a cursor of its own: the other may be one on the server.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    return execute(sql, params, many, context)
