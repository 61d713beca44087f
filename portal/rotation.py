"""A new master key or pepper, while the site runs; and a retired one, once nothing needs it (rule 17).

First the new key is put in use, then what only older keys open is moved on to it, then an older key
can leave. Keys that come from the environment are changed there, by hand; the rest is the same.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from centres import audit
from credentials import rotation
from credentials.vault import CannotOpen
from portal import second_factor
from portal.keys import KeyRing

BY = "command: keys"
MOST = 4  # peppers at a time: a sign-in looks for every chain of them
REST = dt.timedelta(minutes=10)  # a process may have begun to write with the key that was in use


class CannotRotate(Exception):
    """The keys stay as they are; the text says why and what to do."""


@dataclass(frozen=True)
class Kind:
    """Master keys, or peppers. `needing`: key's id -> how many rows need it, by what they are;
    `left`: how many rows are to be moved on to the key in use; `moves` do that."""

    name: str
    setting: str
    needing: Callable[[], dict[str, Counter[str]]]
    moves: Callable[[], Iterator[int]]

    @property
    def keys(self) -> Mapping[str, bytes]:
        return getattr(settings, self.setting)

    @property
    def in_use(self) -> str:
        return next(iter(self.keys))

    @property
    def needed(self) -> Counter[str]:
        return sum(self.needing().values(), Counter())


def _move_all_that_master_keys_open() -> Iterator[int]:
    yield from rotation.move_letter_files()
    yield from second_factor.move_authenticators()


KINDS = {
    "master": Kind(
        "master",
        "MASTER_KEYS",
        lambda: {
            "letter files": rotation.needing_master_keys(),
            "second factors of staff": second_factor.needing_master_keys(),
        },
        _move_all_that_master_keys_open,
    ),
    "pepper": Kind(
        "pepper",
        "PEPPER_KEYS",
        lambda: {"logins that still work": rotation.needing_peppers()},
        rotation.move_logins,
    ),
}


def unmoved(kind: Kind) -> int:
    """How many rows are not yet on the key in use."""
    if kind.name == "pepper":
        return rotation.logins_to_move().count()
    return sum(count for key_id, count in kind.needed.items() if key_id != kind.in_use)


def put_new_key_in_use(kind: Kind) -> str:
    """Make a key, and use it from now on; its id. Raises CannotRotate."""
    if not isinstance(kind.keys, KeyRing):
        raise CannotRotate(
            f"The keys come from {kind.setting} in the environment. Add one there, behind the one in "
            "use, and restart every process; put it first, and restart them again; then give this "
            "command again with --move to move all to it. A new one: "
            "echo 2:$(head -c 32 /dev/urandom | base64)"
        )
    if kind.name == "pepper" and len(kind.keys) >= MOST:
        raise CannotRotate(f"There are {MOST} peppers already. Retire one that nothing needs.")
    key_id = kind.keys.add()
    _record(kind, {"in use": key_id})
    return key_id


def move(kind: Kind) -> Iterator[int]:
    """Move everything to the key in use; yields how many in each step. Once more, from the start,
    for what was written with the old key while this went on."""
    moved = 0
    try:
        while left := unmoved(kind):
            for count in kind.moves():
                moved += count
                yield count
            if unmoved(kind) == left:
                raise CannotRotate(f"{left} cannot be moved to key {kind.in_use}.")
    except (CannotOpen, KeyError):
        raise CannotRotate(
            f"Something is under a key that {kind.setting} lacks. Put that key back, behind the one "
            "in use. See: manage.py keys status"
        ) from None
    if moved:
        _record(kind, {"in use": kind.in_use, "moved": moved})


def retire(kind: Kind, key_id: str, *, at: dt.datetime | None = None) -> None:
    """Remove a key that nothing needs. Raises CannotRotate."""
    at = at or timezone.now()
    if key_id not in kind.keys:
        raise CannotRotate(f"There is no {kind.name} key {key_id}. See: manage.py keys status")
    if key_id == kind.in_use:
        raise CannotRotate(f"Key {key_id} is in use. First: manage.py keys rotate {kind.name}")
    if needing := {what: ids[key_id] for what, ids in kind.needing().items() if ids[key_id]}:
        said = " and ".join(f"{count} {what}" for what, count in needing.items())
        raise CannotRotate(f"Key {key_id} stays: {said} need it. {_remedy(kind)}")
    if not isinstance(kind.keys, KeyRing):
        raise CannotRotate(
            f"Nothing needs key {key_id}. Take it out of {kind.setting} in the environment."
        )
    changed = dt.datetime.fromtimestamp(kind.keys.path.stat().st_mtime, dt.UTC)
    if at - changed < REST:
        raise CannotRotate(
            "The keys were changed a moment ago, and a process may still be writing with an older "
            f"one. Try again after {timezone.localtime(changed + REST):%H:%M} UTC."
        )
    kind.keys.remove(key_id)
    _record(kind, {"retired": key_id})


def _remedy(kind: Kind) -> str:
    if unmoved(kind):
        return f"Move them to the key in use: manage.py keys rotate {kind.name} --move"
    return "It can leave when these logins have ended: replaced by new letters, or revoked."


def _record(kind: Kind, new: dict[str, object]) -> None:
    with transaction.atomic():
        audit.record("keys_rotated", by=BY, subject=f"{kind.name.capitalize()} keys", new=new)
