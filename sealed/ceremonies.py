"""Ceremonies: what keyholders do together, and nobody alone (rule 28).

Each gives the passphrase in a session of their own, within fifteen minutes of the beginning. A turn opens the outer
box of every share of that keyholder; what it finds is closed to one of the others, and worth nothing without
them. With the last turn that is needed the private half of the seal is there, in the memory of that one request.

It takes two. To open a series before its moment takes three, to which this code holds, not the cryptography. Where
there is no ring yet, two of those who are to be the first give theirs.
"""

import datetime as dt
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from itertools import permutations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import four_eyes
from accounts.models import User
from centres import audit
from sealed import boxes, keyholders, opening, ring
from sealed.boxes import CannotOpenBox
from sealed.keyholders import Refused
from sealed.models import Ceremony, Keyholder, Seal, Turn

LASTS = dt.timedelta(minutes=15)
EARLIER = 3  # keyholders who open a series before its moment
MADE_UP = [["2000-06", "00000", f"{number:04}", "0000", "?"] for number in range(1, 13)]
REHEARSAL = "rehearsal"  # beside the primary keys of seals

Keys = dict[str, bytes]
"""Primary key of a seal, or REHEARSAL -> its private half."""


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
    with transaction.atomic():
        holders = list(Keyholder.objects.select_for_update(of=("self",)).appointed())
        if Ceremony.objects.under_way(at).exists():
            raise Refused(
                "Keyholders are at something already. End that first, or wait until its time is over."
            )
        _may_begin(kind, seal, holders, appointing, retiring)
        one = Ceremony.objects.create(
            kind=kind,
            seal=seal,
            begun_by=by.username,
            begun_at=at,
            ends_at=at + LASTS,
            rehearsal=_rehearsal(holders) if kind == Ceremony.Kind.REHEARSE else {},
        )
        one.appointing.set(appointing)
        one.retiring.set(retiring)
        _record("ceremony_begun", one, by)
    return one


def _may_begin(
    kind: Ceremony.Kind,
    seal: Seal | None,
    holders: list[Keyholder],
    appointing: list[Keyholder],
    retiring: list[Keyholder],
) -> None:
    if kind == Ceremony.Kind.OPEN:
        if seal is None or seal.opened_at:
            raise Refused("This series is not sealed any more.")
        if not seal.files.to_open().exists():
            raise Refused(
                f"No results of {seal.series} have been given yet: there is nothing to open."
            )
    if kind != Ceremony.Kind.CHANGE and len(holders) < ring.FEWEST:
        raise Refused(f"There are {len(holders)} keyholders; it takes at least {ring.FEWEST}.")
    if kind == Ceremony.Kind.CHANGE:
        if not appointing and not retiring:
            raise Refused("Choose who is appointed, or who is retired.")
        many = len({*holders, *appointing} - {*retiring})
        if many < ring.FEWEST:
            raise Refused(
                f"There would be {many} keyholders, and there are never fewer than {ring.FEWEST}."
            )
        if many > ring.MOST:
            raise Refused(
                f"There would be {many} keyholders, and there are never more than {ring.MOST}."
            )


def participants(one: Ceremony) -> list[Keyholder]:
    """Whose passphrase counts: the ring's, or of those who are to be the first."""
    return ring.ring() or list(one.appointing.select_related("user"))


def needed(one: Ceremony, at: dt.datetime | None = None) -> int:
    """How many keyholders it takes at this moment."""
    early = (
        one.seal and one.kind == Ceremony.Kind.OPEN and (at or timezone.now()) < one.seal.opens_from
    )
    return EARLIER if early else ring.TOGETHER


def take_turn(
    one: Ceremony, *, user: User, passphrase: str, session: str, at: dt.datetime | None = None
) -> Ceremony:
    """A keyholder gives the passphrase; with the last that is needed, it is done. `session`: the key of the
    session it comes from. Raises Refused."""
    at = at or timezone.now()
    _may_take_part(one, user, session, at)
    holder, private = keyholders.unlock(user, passphrase, at=at)
    with transaction.atomic():
        one = Ceremony.objects.select_for_update(of=("self",)).get(pk=one.pk)
        _may_take_part(one, user, session, at)
        former = list(one.turns.select_related("keyholder__user"))
        try:
            keys = _keys(one, former, holder, private)
            found = {of: _outer(one, of, holder, private) for of in _concerned(one)}
        except CannotOpenBox:
            raise Refused(
                "Your share cannot be opened: what is stored is damaged. Another keyholder can take your place; tell "
                "whoever runs the service."
            ) from None
        Turn.objects.create(
            ceremony=one, keyholder=holder, at=at, session=_digest(session), boxes=found
        )
        _record("ceremony_turn", one, user)
        if len(former) + 1 >= needed(one, at):
            _do(one, keys, by=user, at=at)
            _end(one, Ceremony.Outcome.DONE, at)
    return one


def stop(one: Ceremony, *, by: User, at: dt.datetime | None = None) -> None:
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


def _may_take_part(one: Ceremony, user: User, session: str, at: dt.datetime) -> None:
    if one.ended_at or one.ends_at <= at:
        raise Refused("The fifteen minutes of this are over, or it has ended. Begin again.")
    if user.pk not in {holder.user_id for holder in participants(one)}:
        raise Refused("You are no keyholder, so your passphrase opens nothing here.")
    for turn in one.turns.select_related("keyholder__user"):
        own = "You have given your passphrase already; another keyholder gives theirs."
        if why := four_eyes.why_not(turn.keyholder.user.username, user.username, own=own, at=at):
            raise Refused(why)
        if turn.session == _digest(session):
            raise Refused(
                "Another keyholder has given a passphrase in this very session. Each signs in in their own browser."
            )


def _concerned(one: Ceremony) -> list[str]:
    """What is opened: seals by their primary key, or the rehearsal's."""
    if one.kind == Ceremony.Kind.REHEARSE:
        return [REHEARSAL]
    if one.kind == Ceremony.Kind.OPEN:
        return [str(one.seal_id)]
    return [str(pk) for pk in Seal.objects.closed().values_list("pk", flat=True)]


def _outer(one: Ceremony, of: str, holder: Keyholder, private: bytes) -> dict[str, str]:
    """Keyholder -> what this one's turn has found, still closed to that one. Raises CannotOpenBox."""
    found = {}
    for inner, box in _shares(one, of, holder):
        about = ring.about_outer(of, holder, inner)
        found[str(inner.pk)] = b64encode(boxes.open_box(private, box, about=about)).decode()
    return found


def _shares(one: Ceremony, of: str, holder: Keyholder) -> list[tuple[Keyholder, bytes]]:
    if of == REHEARSAL:
        held = one.rehearsal["shares"].get(str(holder.pk), {})
        holders = Keyholder.objects.in_bulk(map(int, held))
        return [(holders[int(inner)], b64decode(box)) for inner, box in held.items()]
    of_this = holder_shares(of, holder)
    return [(share.inner, share.box) for share in of_this]


def holder_shares(of: str, holder: Keyholder) -> Iterable:
    seal = Seal.objects.get(pk=of)
    return seal.shares.filter(outer=holder).select_related("inner")


def _keys(one: Ceremony, former: list[Turn], holder: Keyholder, private: bytes) -> Keys:
    """With an earlier turn, the private half of each seal concerned; else nothing. Raises CannotOpenBox."""
    keys: Keys = {}
    for turn in former[:1]:
        for of, found in turn.boxes.items():
            about = ring.about_inner(of, holder)
            keys[of] = boxes.open_box(private, b64decode(found[str(holder.pk)]), about=about)
    return keys


def _do(one: Ceremony, keys: Keys, *, by: User, at: dt.datetime) -> None:
    if one.kind == Ceremony.Kind.OPEN and one.seal:
        opening.begin(one.seal, keys[str(one.seal_id)], by=by, at=at)
    elif one.kind == Ceremony.Kind.REHEARSE:
        file = b64decode(one.rehearsal["file"])
        rows = json.loads(boxes.open_box(keys[REHEARSAL], file, about=REHEARSAL))
        if rows != MADE_UP:
            raise Refused(
                "The rehearsal opened something else than it had closed. Tell whoever runs the service."
            )
    else:
        _change(one, keys, by=by, at=at)


def _change(one: Ceremony, keys: Keys, *, by: User, at: dt.datetime) -> None:
    """Who the keyholders are; each seal that is closed is shared out among them anew."""
    one.appointing.update(appointed_at=at)
    one.retiring.update(retired_at=at)
    holders = ring.ring()
    for seal in Seal.objects.select_for_update().closed():
        ring.share_out(seal, keys[str(seal.pk)], holders)
    names = ", ".join(str(holder) for holder in holders)
    audit.record("keyholders_changed", by=by, new={"keyholders": names})


def _end(one: Ceremony, outcome: Ceremony.Outcome, at: dt.datetime) -> None:
    one.turns.update(boxes={})
    one.ended_at, one.outcome, one.rehearsal = at, outcome, {}
    one.save(update_fields=["ended_at", "outcome", "rehearsal"])


def _rehearsal(holders: list[Keyholder]) -> dict:
    """Made-up rows, closed to a key of their own, which is shared out like that of a seal."""
    private, public = boxes.new_pair()
    shares: dict[str, dict[str, str]] = {str(holder.pk): {} for holder in holders}
    for outer, inner in permutations(holders, ring.TOGETHER):
        box = ring.nested(private, REHEARSAL, outer, inner)
        shares[str(outer.pk)][str(inner.pk)] = b64encode(box).decode()
    file = boxes.close(public, json.dumps(MADE_UP).encode(), about=REHEARSAL)
    return {"shares": shares, "file": b64encode(file).decode()}


def _digest(session: str) -> str:
    return hashlib.sha256(settings.SECRET_KEY.encode() + session.encode()).hexdigest()


def _record(action: str, one: Ceremony, by: User) -> None:
    series = one.seal.series if one.seal else None
    audit.record(action, by=by, series=series, subject=str(one))
