"""Keyholders: a key pair each, whose private half only the owner's passphrase unlocks (rule 28).

Who tries wrongly five times waits an hour; each wrong try is told (`sealed.notices`) and recorded.
"""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from centres import audit
from sealed import boxes, notices, passphrases, signatures
from sealed.models import Keyholder, may
from sealed.passphrases import WrongPassphrase
from sealed.refused import Refused

MOST_WRONG = 5
SHUT_FOR = dt.timedelta(hours=1)


@sensitive_variables()
def make(user: User) -> tuple[Keyholder, str]:
    """A key pair for this person, and the passphrase, which is kept nowhere. It holds no share before it is
    appointed. A pair made before, and not appointed, goes; one of the ring stays until this takes its place."""
    private, public = boxes.new_pair()
    passphrase = passphrases.new()
    salt, memory, locked = passphrases.lock(private, passphrase, about=_about(user))
    with transaction.atomic():
        for former in Keyholder.objects.select_for_update().of(user).filter(appointed_at=None):
            retire(former, timezone.now())
        made = Keyholder.objects.create(
            user=user, public_key=public, locked_key=locked, salt=salt, memory=memory
        )
        signatures.sign(made)
        audit.record("keyholder_made", by=user, subject=str(user))
    return made, passphrase


def retire(holder: Keyholder, at: dt.datetime) -> None:
    """For good: the locked private half goes. In the caller's transaction."""
    holder.retired_at, holder.locked_key, holder.salt = at, b"", b""
    holder.save(update_fields=["retired_at", "locked_key", "salt"])
    signatures.sign(holder)


@sensitive_variables()
def unlock(
    user: User, passphrase: str, *, at: dt.datetime | None = None
) -> tuple[Keyholder, bytes]:
    """This person's key pair with its private half, tried and noted, whatever becomes of it: so never inside a
    transaction, which could take back the count of wrong tries. Of two pairs, that which the passphrase opens. Raises
    Refused."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        pairs = list(Keyholder.objects.select_for_update().of(user))
        if not pairs or not may(user):
            raise Refused("You are no keyholder.")
        signatures.check(*pairs)
        if why := shut(pairs[0], at):
            raise Refused(why)
        holder, private = _opened(pairs, passphrase)
        if private:
            holder.wrong_tries, holder.wrong_at, holder.tried_at = 0, None, at
        else:
            holder.wrong_tries, holder.wrong_at = holder.wrong_tries + 1, at
            audit.record("passphrase_wrong", by=user, subject=str(user))
        holder.save(update_fields=["wrong_tries", "wrong_at", "tried_at"])
    if private and boxes.public_of(private) != bytes(holder.public_key):
        # Whoever has the keys of the site as well has signed it.
        raise Refused(signatures.CHANGED.format(f"The public key of {holder}"))
    if not private:
        notices.tell_wrong_try(holder)
        raise Refused(
            "This is not your passphrase. It is the seven words on your sheet; capitals, spaces and hyphens do not "
            f"matter. {_left(holder)}"
        )
    return holder, private


@sensitive_variables()
def _opened(pairs: list[Keyholder], passphrase: str) -> tuple[Keyholder, bytes]:
    """The pair that it opens, with its private half; or the first, and nothing."""
    for holder in pairs:
        with suppress(WrongPassphrase):
            return holder, passphrases.unlock(
                bytes(holder.locked_key),
                passphrase,
                salt=bytes(holder.salt),
                memory=holder.memory,
                about=_about(holder.user),
            )
    return pairs[0], b""


def shut(holder: Keyholder, at: dt.datetime | None = None) -> str:
    """Why no passphrase of this person is tried now; or ""."""
    if holder.wrong_tries < MOST_WRONG or holder.wrong_at is None:
        return ""
    until = holder.wrong_at + SHUT_FOR
    if (at or timezone.now()) >= until:
        return ""
    return (
        f"A wrong passphrase was given {holder.wrong_tries} times. None is tried before {until:%H:%M} UTC. The other "
        "keyholders have been told."
    )


def not_tried(at: dt.datetime | None = None) -> list[Keyholder]:
    """Those of the ring who have not given their passphrase for 30 days."""
    return list(Keyholder.objects.appointed().not_tried(at).select_related("user"))


def _left(holder: Keyholder) -> str:
    left = MOST_WRONG - holder.wrong_tries
    return f"{left} more tries." if left > 0 else "No more tries for an hour."


def _about(user: User) -> str:
    return f"private key of keyholder {user.pk}"
