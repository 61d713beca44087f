"""Faults of sealed results, for `faults`: what stays sealed, passphrases, and openings that fail."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.utils import timezone

from accounts.models import User
from centres.models import Series
from core.jobs import State
from sealed import keyholders
from sealed.models import Keyholder, Opening, Seal
from sealed.refused import Refused
from tests.builders import make_board_operator
from tests.drills.watched_site import WatchedSite

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@contextmanager
def seal() -> Iterator[Seal]:
    """Of the board's series, with no share and no file: figures ask for neither."""
    one = Seal.objects.create(
        series=Series.objects.get(), public_key=b"made up", opens_from=timezone.now(), sealed_by="a"
    )
    yield one
    Opening.objects.filter(seal=one).delete()
    one.delete()


@contextmanager
def keyholder(**facts: object) -> Iterator[User]:
    user = make_board_operator("drill.keyholder")
    holder, _ = keyholders.make(user)
    Keyholder.objects.filter(pk=holder.pk).update(**facts)
    yield user
    holder.delete()
    user.delete()


@contextmanager
def sealed(site: WatchedSite) -> Iterator[None]:
    with seal():
        yield


@contextmanager
def wrong_passphrase(site: WatchedSite) -> Iterator[None]:
    with keyholder() as user:
        with suppress(Refused):
            keyholders.unlock(user, "seven words that are not the right ones")
        yield


@contextmanager
def not_tried(site: WatchedSite) -> Iterator[None]:
    now = timezone.now()
    with keyholder(appointed_at=now, made_at=now - 31 * DAY):
        yield


@contextmanager
def opening_failed(site: WatchedSite) -> Iterator[None]:
    with seal() as one:
        Opening.objects.create(
            seal=one, asked_by="a", key_until=timezone.now(), state=State.FAILED, error="In vain."
        )
        yield


@contextmanager
def key_left(site: WatchedSite) -> Iterator[None]:
    """Beside a worker that is stopped, which would forget it."""
    with seal() as one:
        Opening.objects.create(
            seal=one,
            asked_by="a",
            key_until=timezone.now() - 5 * MINUTE,
            state=State.FAILED,
            key=b"made up",
            master_key_id="1",
        )
        yield
