"""Who writes to an encrypted file: one at a time, and who falls silent loses it."""

import datetime as dt
import time

import pytest
from django.db import transaction
from django.utils import timezone

from core.encrypted_files import PIECE, Writer, begin, stream
from core.models import EncryptedFile
from core.write_lease import LEASE, Busy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storages")]


def as_it_is(stored: EncryptedFile) -> EncryptedFile:
    return EncryptedFile.objects.get(pk=stored.pk)


def silent_for(time: dt.timedelta) -> None:
    EncryptedFile.objects.update(held_until=timezone.now() + LEASE - time)


def test_who_falls_silent_loses_it_and_writes_nothing_any_more():
    stored = begin()
    stalled = Writer(stored)
    stalled.write(b"a" * 10)
    stalled.save()
    stalled.write(b"lost")
    stalled.lease.renewed -= LEASE.total_seconds()
    silent_for(LEASE - dt.timedelta(seconds=1))
    with pytest.raises(Busy):
        Writer(as_it_is(stored))

    silent_for(LEASE + dt.timedelta(seconds=1))
    with Writer(as_it_is(stored)) as other:
        assert other.size == 10
        other.write(b"b" * PIECE)
        for act in (stalled.save, stalled.finish):
            with pytest.raises(Busy):
                act()
        stalled.close()
        with pytest.raises(Busy):  # the one who left had nothing to give up
            Writer(as_it_is(stored))
        other.finish()
    assert b"".join(stream(as_it_is(stored))) == b"a" * 10 + b"b" * PIECE


@pytest.mark.django_db(transaction=True)
def test_who_writes_on_keeps_it_however_long_that_takes(monkeypatch):
    stored = begin()
    with Writer(stored) as writer:
        EncryptedFile.objects.update(held_until=timezone.now())
        writer.write(b"x" * (PIECE + 1))
        assert as_it_is(stored).held_until < timezone.now()
        writer.lease.renewed = time.monotonic() - LEASE.total_seconds()
        with transaction.atomic():  # nobody would see it
            writer.write(b"x" * PIECE)
        assert as_it_is(stored).held_until < timezone.now()

        writer.lease.renewed = time.monotonic() - LEASE.total_seconds()
        writer.write(b"x" * PIECE)
        assert as_it_is(stored).held_until > timezone.now() + LEASE / 2
    assert as_it_is(stored).writer is None


def test_of_two_machines_that_begin_at_once_one_writes(first, second, db):
    stored = begin()

    def takes_it():
        with transaction.atomic():
            return Writer(as_it_is(stored))

    first.begin(takes_it, until="UPDATE")
    second.begin(takes_it)
    second.waits_for(first)
    first.finish()
    with pytest.raises(Busy):
        second.finish()
