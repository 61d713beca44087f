"""Ceremonies: what keyholders do together, and nobody alone (rule 28).

Each gives the passphrase in a session of their own, within fifteen minutes of the beginning. A turn opens the outer
box of every share of that keyholder; what it finds is closed to one of the others, and worth nothing without
them. With the last turn that is needed the private half of the seal is there, in the memory of that one request.

It takes two. To open a series before its moment takes three, to which this code holds, not the cryptography. Where
there is no ring yet, two of those who are to be the first give theirs.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import four_eyes
from accounts.models import User
from centres import audit
from core import gate_clock
from sealed import appointments, keyholders, opening, ring, signatures, turns
from sealed.boxes import CannotOpenBox
from sealed.models import Ceremony, Keyholder, Seal, Turn
from sealed.refused import Refused
from sealed.turns import REHEARSAL, REHEARSED, Keys

LASTS = dt.timedelta(minutes=15)
EARLIER = 3  # keyholders who open a series before its moment


def begin(
    kind: Ceremony.Kind,
    *,
    by: User,
    seal: Seal | None = None,
    appointing: Iterable[Keyholder] = (),
    retiring: Iterable[Keyholder] = (),
    at: dt.datetime | None = None,
) -> Ceremony:
    """Nothing is opened yet. Raises Refused."""
    at = at or timezone.now()
    appointing, retiring = list(appointing), list(retiring)
    end_overdue(at)
    with transaction.atomic():
        holders = check(kind, seal=seal, appointing=appointing, retiring=retiring, at=at)
        one = Ceremony.objects.create(
            kind=kind,
            seal=seal,
            begun_by=by.username,
            begun_at=at,
            ends_at=at + LASTS,
            rehearsal=turns.rehearsal(holders) if kind == Ceremony.Kind.REHEARSE else {},
        )
        one.appointing.set(appointing)
        one.retiring.set(retiring)
        _record("ceremony_begun", one, by)
    return one


def check(
    kind: Ceremony.Kind,
    *,
    seal: Seal | None = None,
    appointing: Iterable[Keyholder] = (),
    retiring: Iterable[Keyholder] = (),
    at: dt.datetime | None = None,
) -> list[Keyholder]:
    """Whether it may begin: who the keyholders are, or will be. In the caller's transaction. Raises Refused."""
    holders = ring.held()
    if Ceremony.objects.under_way(at).exists():
        raise Refused(
            "Keyholders are at something already. Stop that first, or wait until its time is over."
        )
    if kind == Ceremony.Kind.CHANGE:
        return appointments.check(
            holders, appointing=appointing, retiring=retiring, at=at or timezone.now()
        )
    if kind == Ceremony.Kind.OPEN:
        seal = seal and Seal.objects.select_related("series").get(pk=seal.pk)
        if seal is None or seal.opened_at:
            raise Refused("This series is not sealed any more.")
        signatures.check(seal)
        if why := opening.why_not(seal):
            raise Refused(why)
    if len(holders) < ring.FEWEST:
        raise Refused(f"There are {len(holders)} keyholders; it takes at least {ring.FEWEST}.")
    return holders


def participants(one: Ceremony) -> list[Keyholder]:
    """Whose passphrase counts: the ring's, or of those who are to be the first."""
    return ring.ring() or list(one.appointing.select_related("user"))


def lacks(one: Ceremony, user: User) -> bool:
    """Whether it waits for this person's passphrase, among others'."""
    asked = {holder.user_id for holder in participants(one)}
    return user.pk in asked and not one.turns.filter(keyholder__user=user).exists()


def is_early(seal: Seal, at: dt.datetime | None = None) -> bool:
    """Whether its moment is still to come, by the earlier of two clocks (rule 25; one query)."""
    return gate_clock.now(at) < seal.opens_from


def needed(one: Ceremony, at: dt.datetime | None = None) -> int:
    """How many keyholders it takes at this moment."""
    early = one.seal and one.kind == Ceremony.Kind.OPEN and is_early(one.seal, at)
    return EARLIER if early else ring.TOGETHER


@sensitive_variables()
def take_turn(
    one: Ceremony, *, user: User, passphrase: str, session: str, at: dt.datetime | None = None
) -> Ceremony:
    """A keyholder gives the passphrase; with the last that is needed, it is done. `session`: the key of the
    session it comes from. Raises Refused."""
    at = at or timezone.now()
    check_turn(one, user=user, session=session, at=at)
    holder, private = keyholders.unlock(user, passphrase, at=at)
    with transaction.atomic():
        one = Ceremony.objects.select_for_update(of=("self",)).get(pk=one.pk)
        check_turn(one, user=user, session=session, at=at, holder=holder)
        if one.seal:
            signatures.check(one.seal)
        former = list(one.turns.select_related("keyholder__user"))
        is_last = len(former) + 1 >= needed(one, at)
        turn = Turn(ceremony=one, keyholder=holder, at=at, session=_digest(session))
        try:
            keys = turns.keys(former, holder, private) if is_last else {}
            turn.save()
            if not is_last:
                turns.keep(turn, private)
        except CannotOpenBox:
            raise Refused(
                "Your share cannot be opened: what is stored is damaged. Another keyholder can take your place; tell "
                "whoever runs the service."
            ) from None
        _record("ceremony_turn", one, user)
        if is_last:
            _do(one, keys, by=user, at=at)
            _end(one, Ceremony.Outcome.DONE, at)
    return one


def stop(one: Ceremony, *, by: User | str, at: dt.datetime | None = None) -> None:
    """Nothing is opened or changed. Raises Refused."""
    with transaction.atomic():
        one = Ceremony.objects.select_for_update(of=("self",)).get(pk=one.pk)
        if one.ended_at:
            raise Refused("This is over already.")
        _end(one, Ceremony.Outcome.STOPPED, at or timezone.now())
        _record("ceremony_stopped", one, by)


def end_overdue(at: dt.datetime | None = None) -> int:
    """Those whose time is over, and with them what was opened so far; how many."""
    at = at or timezone.now()
    many = 0
    for pk in Ceremony.objects.filter(ended_at=None, ends_at__lte=at).values_list("pk", flat=True):
        with transaction.atomic():
            one = Ceremony.objects.select_for_update(of=("self",)).get(pk=pk)
            if not one.ended_at:
                _end(one, Ceremony.Outcome.STOPPED, at)
                many += 1
    return many


def check_turn(
    one: Ceremony,
    *,
    user: User,
    session: str,
    at: dt.datetime | None = None,
    holder: Keyholder | None = None,
) -> None:
    """Whether this person may give the passphrase in it now. `holder`: their key pair, once it is unlocked. Raises
    Refused."""
    at = at or timezone.now()
    if one.ended_at or one.ends_at <= at:
        raise Refused("The fifteen minutes of this are over, or it has ended. Begin again.")
    those = participants(one)
    if user.pk not in {each.user_id for each in those}:
        raise Refused("You are no keyholder, so your passphrase opens nothing here.")
    if holder and holder not in those:
        raise Refused(
            "This is the passphrase of your new keys, which open nothing before the others have appointed them."
        )
    for turn in one.turns.select_related("keyholder__user"):
        if turn.keyholder not in those:
            raise Refused("The keyholders are others since this was begun. Begin again.")
        own = "You have given your passphrase already; another keyholder gives theirs."
        if why := four_eyes.why_not(turn.keyholder.user.username, user.username, own=own, at=at):
            raise Refused(why)
        if turn.session == _digest(session):
            raise Refused(
                "Another keyholder has given a passphrase in this very session. Each signs in in their own browser."
            )


@sensitive_variables()
def _do(one: Ceremony, keys: Keys, *, by: User, at: dt.datetime) -> None:
    if one.kind == Ceremony.Kind.OPEN and one.seal:
        opening.begin(one.seal, turns.key_of(one.seal, keys), by=by, at=at)
    elif one.kind == Ceremony.Kind.REHEARSE:
        if turns.read_rehearsed(one, keys[REHEARSAL]) != REHEARSED:
            raise Refused(
                "The rehearsal opened something else than it had closed. Tell whoever runs the service."
            )
    else:
        appointments.make(one, keys, by=by, at=at)


def _end(one: Ceremony, outcome: Ceremony.Outcome, at: dt.datetime) -> None:
    turns.forget(one)
    one.ended_at, one.outcome, one.rehearsal = at, outcome, {}
    one.save(update_fields=["ended_at", "outcome", "rehearsal"])


def _digest(session: str) -> str:
    return hashlib.sha256(settings.SECRET_KEY.encode() + session.encode()).hexdigest()


def _record(action: str, one: Ceremony, by: User | str) -> None:
    series = one.seal.series if one.seal else None
    audit.record(action, by=by, series=series, subject=str(one))
