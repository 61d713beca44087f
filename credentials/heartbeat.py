"""A worker's sign of life: how one that was killed is told from one that is slow (rule 15).

While a worker has a letter file in hand, a thread of it writes the time to that file every few
seconds, however long a part takes. A file that was not heard of for four beats is nobody's, and may
be taken by another. Should its worker be alive after all, on a machine that stood still, nobody is
harmed: `credentials.parts` puts in place only what still holds.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres.work import STALE_AFTER
from credentials.models import LetterFile

AWAY_AFTER = dt.timedelta(seconds=30)  # within that a worker that was killed is followed by another

_in_hand: set[str] = set()  # of this process


@contextmanager
def in_hand(letter_file_id: str) -> Iterator[None]:
    """Within this block `beat` speaks for the file."""
    _in_hand.add(letter_file_id)
    try:
        yield
    finally:
        _in_hand.discard(letter_file_id)


def beat(at: dt.datetime | None = None) -> None:
    """Say of each file that this process has in hand that its worker lives."""
    if files := list(_in_hand):
        running = LetterFile.objects.filter(pk__in=files, state=LetterFile.State.RUNNING)
        running.update(heartbeat=at or timezone.now())


def no_worker(at: dt.datetime | None = None) -> bool:
    """Whether letters wait, and nothing is heard of any worker: none runs, or none can work."""
    last = _heard_of().aggregate(last=Max("heard_of"))["last"]
    return last is not None and last < (at or timezone.now()) - AWAY_AFTER


def silent(at: dt.datetime) -> QuerySet:
    """The files under way of which nothing was heard for too long."""
    return _heard_of().filter(heard_of__lt=at - STALE_AFTER).order_by()


def _heard_of() -> QuerySet:
    return LetterFile.objects.under_way().annotate(heard_of=Coalesce("heartbeat", "asked_at"))
