"""Who the keyholders are to be: three to seven of the board, each with one key, whose account is no other's doing of
late (rule 28). A keyholder who has lost the passphrase is appointed with new keys in the place of those before."""

import datetime as dt
from collections.abc import Iterable

from django.views.decorators.debug import sensitive_variables

from accounts import four_eyes
from accounts.models import User
from centres import audit
from core.dates import utc
from sealed import keyholders, ring, signatures, turns
from sealed.models import Ceremony, Keyholder, Opening, Seal, may
from sealed.refused import Refused
from sealed.turns import Keys


def check(
    holders: list[Keyholder],
    *,
    appointing: Iterable[Keyholder],
    retiring: Iterable[Keyholder],
    at: dt.datetime,
) -> list[Keyholder]:
    """Who the keyholders will be. Raises Refused."""
    appointing, retiring = _as_now(appointing), _as_now(retiring)
    if not appointing and not retiring:
        raise Refused("Choose who is appointed, or who is retired.")
    for one in appointing:
        signatures.check(one)
        if one.appointed_at or one.retired_at or not may(one.user):
            raise Refused(
                f"{one} cannot be appointed with these keys: they have others by now, hold shares with these already, "
                "or are not of the board any more. Begin again."
            )
    if not {*retiring} <= {*holders}:
        raise Refused("Only a keyholder can be retired.")
    opened = four_eyes.settling([one.user.username for one in appointing], at)
    for lately in opened.values():
        raise Refused(
            f"{lately.by} made or opened the account {lately.username} less than seven days ago. So that nobody comes "
            f"to hold the keys of two, it can be a keyholder from {utc(lately.until)}."
        )
    will_be = [one for one in (*holders, *appointing) if one not in retiring]
    if len({one.user_id for one in will_be}) < len(will_be):
        raise Refused(
            "Nobody holds two keys: who is to have new ones is retired with those before."
        )
    if len(will_be) < ring.FEWEST:
        raise Refused(
            f"There would be {len(will_be)} keyholders, and there are never fewer than {ring.FEWEST}."
        )
    if len(will_be) > ring.MOST:
        raise Refused(
            f"There would be {len(will_be)} keyholders, and there are never more than {ring.MOST}."
        )
    if Opening.objects.under_way().filter(seal__opened_at=None).exists():
        raise Refused("A series is being opened. Change the keyholders once that has ended.")
    return will_be


@sensitive_variables()
def make(one: Ceremony, keys: Keys, *, by: User, at: dt.datetime) -> None:
    """Who the keyholders are; each seal that is closed is shared out among them anew."""
    former = ring.held()
    appointing, retiring = _as_now(one.appointing.all()), _as_now(one.retiring.all())
    will_be = check(former, appointing=appointing, retiring=retiring, at=at)
    for old in retiring:
        keyholders.retire(old, at)
    for new in appointing:
        new.appointed_at = at
        new.save(update_fields=["appointed_at"])
        signatures.sign(new)
    holders = ring.ring()
    if {*holders} != {*will_be}:
        raise Refused("The keyholders are others since this was begun. Begin again.")
    for seal in Seal.objects.select_for_update(no_key=True).closed():
        if seal.shares.exists():
            ring.share_out(seal, turns.key_of(seal, keys), holders)
        else:
            ring.renew(seal, holders)
    names = ", ".join(str(holder) for holder in holders)
    audit.record("keyholders_changed", by=by, new={"keyholders": names})


def _as_now(holders: Iterable[Keyholder]) -> list[Keyholder]:
    return list(Keyholder.objects.filter(pk__in=[one.pk for one in holders]).select_related("user"))
