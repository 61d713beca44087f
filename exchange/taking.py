"""Take a file from an exchange: recorded, once, before it is given. And take back what one has put.

A browser that fetches a file in ranges, or goes on after its connection broke, takes it once: what the
same person asks for within CONTINUED of a taking belongs to it, unless it is asked for from its beginning.
What was taken back is destroyed at once, and shown as taken back. Letters are for those alone who may
have them (rule 17).
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from centres import kept_files
from centres.ask_pages import still_holds
from centres.models import User
from exchange.access import Exchange
from exchange.models import Kind, Taking, Version
from exchange.putting import record
from exchange.seen import Seen
from exchange.states import OVERTAKEN, State, standing, state_of

CONTINUED = dt.timedelta(hours=12)


class CannotTake(Exception):
    """It cannot be had, or taken back; the text says why."""


def check(version: Version, exchange: Exchange) -> None:
    """Raises CannotTake when it cannot be taken, or not by this person."""
    if version.file.kind == Kind.LETTERS and not exchange.may_have_letters:
        raise CannotTake(
            "Letters hold logins, so only staff who may manage the Candidate Results website can "
            f"take them. If that should be you, e-mail {settings.SUPPORT_EMAIL}."
        )
    state = state_of(version)
    if state is State.OVERTAKEN:
        raise CannotTake(OVERTAKEN)
    if not state.can_be_taken:
        raise CannotTake(f"This version cannot be taken: {state.words.lower()}.")


def take(
    *,
    version: Version,
    exchange: Exchange,
    by: User,
    a_range: bool = False,
    at: dt.datetime | None = None,
) -> None:
    """Record that this person takes it; `a_range` for a part of it. Raises CannotTake."""
    at = at or timezone.now()
    with transaction.atomic():
        version = _locked(version)  # whoever takes it back waits, or has done so
        check(version, exchange)
        mine = version.takings.filter(by=by.username, side=exchange.side, at__gt=at - CONTINUED)
        if a_range and mine.exists():
            return
        Taking.objects.create(version=version, side=exchange.side, by=by.username, at=at)
        record("exchange_taken", version, by=by)


def take_back(
    *,
    version: Version,
    exchange: Exchange,
    by: User,
    counted: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Only by the side that has put it there, as was `counted`. Raises CannotTake, and AskAgain."""
    if version.side != exchange.side:
        raise CannotTake("Only those who have put a file here can take it back.")
    with transaction.atomic():
        version = _locked(version)
        if not state_of(version).can_be_taken_back:
            raise CannotTake("This version is not here any more, so it cannot be taken back.")
        still_holds(Seen(version, exchange), counted)
        version.taken_back_by, version.taken_back_at = by.username, at or timezone.now()
        version.save(update_fields=["taken_back_by", "taken_back_at"])
        kept_files.destroy(version.kept)
        record("exchange_taken_back", version, by=by)


def _locked(version: Version) -> Version:
    """As it is now, until the end of the transaction."""
    rows = standing(Version.objects.select_for_update(of=("self",)))
    return rows.select_related("file__centre", "file__main", "file__series").get(pk=version.pk)
