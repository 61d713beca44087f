"""Transactions of a test, inside which what must be in no transaction may be: all or nothing, and nothing at all."""

from typing import Any

from django.db import transaction


class InOneGo(transaction.Atomic):
    """All of it or nothing; as around a test, what is in no transaction else may be inside."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True


class Undone(InOneGo):
    """All that is done inside goes."""

    def __exit__(self, *exception: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*exception)
