"""Notices: what the board's home says of sealed results as long as it is so, and what is mailed (rule 28).

A wrong passphrase is mailed to the other keyholders at once. That a series is still sealed is mailed to the whole board
from 72 hours before staff first see results of it, louder by the hour: 72, 48, 24, 12 and 6 hours before, then every
hour until a day after, then every day. Each is sent once (`Seal.reminded`). No notice holds a secret, and where
the board has no mail, its home says it alone.
"""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.timesince import timeuntil

from accounts import four_eyes
from accounts.notifications import mail
from core.dates import board_time, utc
from core.jobs import State
from sealed.models import Keyholder, Opening, Seal, may

HOUR = dt.timedelta(hours=1)
REMINDED_AT, HOURLY, DAY = (72, 48, 24, 12), 6, 24  # hours
URGENT = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Notice:
    """A sentence or two for the board's home; `urgent`: somebody must do something today."""

    words: str
    urgent: bool = False


def notices(at: dt.datetime | None = None) -> list[Notice]:
    """What is so now, the most urgent first (four queries)."""
    at = at or timezone.now()
    found = [_still_sealed(seal, at) for seal in still_sealed(at)]
    failed = Opening.objects.filter(state=State.FAILED, seal__opened_at=None)
    for one in failed.select_related("seal__series"):
        found.append(Notice(f"{one.seal.series} could not be opened: {one.error}", urgent=True))
    holders = Keyholder.objects.current().select_related("user")
    for holder in holders:
        found += _of_keyholder(holder, at)
    if late := ", ".join(map(str, holders.appointed().not_tried(at))):
        found.append(Notice(f"Not tried for 30 days: the passphrase of {late}."))
    return sorted(found, key=lambda one: not one.urgent)


def still_sealed(at: dt.datetime) -> list[Seal]:
    """Those that staff see within 72 hours, or should have seen, the next first, each with `seen_from` and how
    many files wait (`waiting`); not what is being opened."""
    near = Seal.objects.closed().with_instants().filter(seen_from__lte=at + REMINDED_AT[0] * HOUR)
    under_way = Opening.objects.under_way().filter(key__isnull=False).values("seal")
    return list(near.exclude(pk__in=under_way).select_related("series").order_by("seen_from"))


def tell_wrong_try(holder: Keyholder) -> None:
    """The other keyholders: somebody has tried this one's passphrase wrongly."""
    facts = {"holder": holder.user, "tries": holder.wrong_tries, "at": holder.wrong_at}
    for one in Keyholder.objects.appointed().exclude(user=holder.user_id).select_related("user"):
        mail(one.user, "sealed/mail/wrong_try.txt", facts)


def remind(at: dt.datetime | None = None) -> int:
    """Mail the board what the hour asks for, once; of how many series."""
    at = at or timezone.now()
    return sum(_remind(seal, at) for seal in still_sealed(at))


def hour_of(left: dt.timedelta) -> int:
    """The last that has come of the hours before staff's instant at which the board is reminded."""
    hours = math.ceil(left / HOUR)
    if hours > HOURLY:
        return min(one for one in REMINDED_AT if one >= hours)
    return hours if hours > -DAY else -(-hours // DAY * DAY)


def _remind(seal: Seal, at: dt.datetime) -> bool:
    hour = hour_of(seal.seen_from - at)
    to_be_told = Seal.objects.closed().filter(pk=seal.pk).exclude(reminded=hour)
    if not to_be_told.update(reminded=hour):  # another worker has, or nothing is new
        return False
    ring = Keyholder.objects.appointed().select_related("user")
    facts = {
        "seal": seal,
        "files": seal.waiting,
        "left": _hours(seal.seen_from, at),
        "is_past": seal.seen_from <= at,
        "is_urgent": seal.seen_from <= at + URGENT,
        "may_be_opened": seal.opens_from <= at,
        "seen_from": board_time(seal.seen_from),
        "opens_from": board_time(seal.opens_from),
        "not_tried": list(ring.not_tried(at)),
    }
    for user in four_eyes.operators():
        mail(user, "sealed/mail/still_sealed.txt", facts)
    return True


def _still_sealed(seal: Seal, at: dt.datetime) -> Notice:
    urgent, since = seal.seen_from <= at + URGENT, utc(seal.seen_from)
    if seal.seen_from <= at:
        words = (
            f"{seal.series} is still sealed, and staff should have seen its results since {since}."
        )
    else:
        left = timeuntil(seal.seen_from, at)
        words = f"{seal.series} is still sealed, and staff see its results in {left}, {since}."
    return Notice(f"{words} {_what_to_do(seal, at)}", urgent)


def _what_to_do(seal: Seal, at: dt.datetime) -> str:
    if not seal.waiting:
        return "No results file has been given."
    if seal.opens_from > at:
        return f"Two keyholders can open it from {utc(seal.opens_from)}, three now."
    return "Two keyholders open it."


def _hours(until: dt.datetime, at: dt.datetime) -> str:
    hours = round(abs(until - at) / HOUR)
    return "an hour" if hours <= 1 else f"{hours} hours"


def _of_keyholder(holder: Keyholder, at: dt.datetime) -> Iterator[Notice]:
    if holder.wrong_tries and holder.wrong_at:
        times = "once" if holder.wrong_tries == 1 else f"{holder.wrong_tries} times"
        last = utc(holder.wrong_at.replace(microsecond=0))
        words = f"A wrong passphrase was given {times} for {holder}, the last at {last}, and the right one not since."
        yield Notice(words, urgent=holder.wrong_at > at - DAY * HOUR)
    if holder.appointed_at and not may(holder.user):
        words = f"{holder} is a keyholder and cannot sign in any more. Two others replace them."
        yield Notice(words, urgent=True)
