"""Who writes to an encrypted file: one process at a time, on whatever machine it runs.

Its row says who, and until when unless that is said again; so it holds behind a pooler, too, where
two queries may use two connections. Whoever has fallen silent for LEASE – killed, or waiting for a
client that has gone – loses the file to the next who asks, and then writes nothing any more.
"""

import datetime as dt
import time
import uuid
from contextlib import suppress
from typing import NoReturn

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.encryption import CannotOpen
from core.models import EncryptedFile

LEASE = dt.timedelta(seconds=30)
DESTROYED = "This file has been destroyed."


class Busy(Exception):
    """Another process is writing to this file, or has just made it whole."""


class WriteLease:
    """`stored` is as it is now. Raises Busy, and CannotOpen for what is destroyed."""

    def __init__(self, stored: EncryptedFile) -> None:
        self.stored, self.writer = stored, uuid.uuid4()
        rows = EncryptedFile.objects.filter(free(), pk=stored.pk, whole_at=None)
        taken = rows.update(writer=self.writer, held_until=timezone.now() + LEASE)
        self.renewed = time.monotonic()
        try:
            stored.refresh_from_db()
        except EncryptedFile.DoesNotExist:
            raise CannotOpen(DESTROYED) from None
        if not taken:
            raise Busy

    def say(self, **facts: object) -> None:
        """Write these facts to its row. Raises Busy when it was lost, CannotOpen for what is destroyed."""
        if not self._row().update(**facts):
            self._lost()
        for name, value in facts.items():
            setattr(self.stored, name, value)

    def renew(self) -> None:
        """Before anything is stored, now and then; in a transaction, where nobody would see it, it is only
        looked whether it was lost. Raises as `say` does."""
        if time.monotonic() - self.renewed > LEASE.total_seconds() / 3:
            if not connection.in_atomic_block:
                self.say(held_until=timezone.now() + LEASE)
            elif not self._row().exists():
                self._lost()
            self.renewed = time.monotonic()

    def _row(self) -> QuerySet[EncryptedFile]:
        return EncryptedFile.objects.filter(pk=self.stored.pk, writer=self.writer)

    def _lost(self) -> NoReturn:
        if EncryptedFile.objects.filter(pk=self.stored.pk).exclude(wrapped_key=None).exists():
            raise Busy
        raise CannotOpen(DESTROYED)

    def leave(self) -> None:
        """Where the database is away, it runs out by itself."""
        with suppress(DatabaseError, InterfaceError):
            self._row().update(writer=None, held_until=None)


def free(at: dt.datetime | None = None) -> Q:
    """The rows to which nobody writes."""
    return Q(writer=None) | Q(held_until__lt=at or timezone.now())
