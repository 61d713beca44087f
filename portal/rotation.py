"""A new master key or pepper, while the site runs; and a retired one, once nothing needs it (rule 17).

First the new key is put in use, then what only older keys open is moved on to it, then an older key
can leave. Keys that come from the environment are changed there, by hand; the rest is the same.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from centres import audit
from centres.errors import log_error
from credentials import rotation
from portal.key_kinds import Kind, in_words, unmoved
from portal.keys import MOST, KeyRing, next_id

BY = "command: keys"
REST = dt.timedelta(minutes=10)  # a process may have begun to work with the keys of before


class CannotRotate(Exception):
    """The text says why, and what to do."""


def put_new_key_in_use(kind: Kind) -> str:
    """Make a key, and use it from now on; its id. Raises CannotRotate."""
    if not isinstance(kind.keys, KeyRing):
        key_id = next_id(kind.keys)
        raise CannotRotate(
            f"The keys come from {kind.setting} in the environment, so that is where they change:\n"
            f"1. Make key {key_id}: echo {key_id}:$(head -c 32 /dev/urandom | base64)\n"
            "2. Add it behind the others, after a comma, and restart every process: all know it.\n"
            "3. Put it first, and restart every process again: it is in use.\n"
            f"4. manage.py keys rotate {kind.name} --move"
        )
    _must_be_this_sites()
    if len(kind.keys) >= MOST:
        raise CannotRotate(
            f"There are {MOST} {kind.name} keys already. Retire one: see manage.py keys status"
        )
    key_id = next_id(kind.keys)
    with _changing_the_file():
        _record(kind, {"in use": key_id})
        kind.keys.add(key_id)
    return key_id


def move(kind: Kind) -> Iterator[int]:
    """Move everything to the key in use; yields how many in each step. Once more, from the start,
    for what was written with the old key while this went on. Raises CannotRotate."""
    _must_be_this_sites()
    moved = 0
    while unmoved(kind):
        before = moved
        for count in kind.moves():
            moved += count
            yield count
        if moved == before:
            break
    if moved:
        _record(kind, {"in use": kind.in_use, "moved": moved})
    if unmoved(kind):
        said = in_words(kind, kind.needed.keys() - {kind.in_use})
        raise CannotRotate(
            f"Some cannot be opened, and stay as they are ({said}). If keys status calls a key "
            f"MISSING, put it back behind those of {kind.setting}. Else they are damaged: re-create "
            "those credentials, or remove those second factors at the board's desk."
        )


def retire(kind: Kind, key_id: str, *, at: dt.datetime | None = None) -> None:
    """Remove a key that nothing needs. Raises CannotRotate."""
    if key_id not in kind.keys:
        raise CannotRotate(f"There is no {kind.name} key {key_id}. See: manage.py keys status")
    if key_id == kind.in_use:
        raise CannotRotate(f"Key {key_id} is in use. First: manage.py keys rotate {kind.name}")
    _must_be_this_sites()
    if kind.needed[key_id]:
        said = in_words(kind, {key_id})
        raise CannotRotate(f"Key {key_id} stays, for it is still needed ({said}). {_remedy(kind)}")
    if (rested := _last_step(kind) + REST) > (at or timezone.now()):
        raise CannotRotate(
            "The keys were changed a moment ago, and a process may still be at work with those of "
            f"before. Try again after {rested:%H:%M} UTC."
        )
    if not isinstance(kind.keys, KeyRing):
        raise CannotRotate(
            f"Nothing needs key {key_id}. Take it out of {kind.setting} in the environment, and "
            "restart every process."
        )
    with _changing_the_file():
        _record(kind, {"retired": key_id})
        kind.keys.remove(key_id)


def _must_be_this_sites() -> None:
    """A pepper that only the command knows, laid over the logins, would end them all."""
    if not rotation.keys_fit():
        raise CannotRotate(
            "These keys open none of the newest letter files, so they are not those of the site. "
            "Give the command the environment that the site has: DATA_DIR, or the keys themselves."
        )


def _last_step(kind: Kind) -> dt.datetime:
    """When keys of this kind were last changed, or something moved."""
    steps = list(kind.steps.values_list("at", flat=True)[:1])
    if isinstance(kind.keys, KeyRing):
        steps.append(dt.datetime.fromtimestamp(kind.keys.path.stat().st_mtime, dt.UTC))
    return max(steps, default=dt.datetime.min.replace(tzinfo=dt.UTC))


def _remedy(kind: Kind) -> str:
    if unmoved(kind):
        return f"Move them to the key in use: manage.py keys rotate {kind.name} --move"
    return "It can leave when these logins have ended: replaced by new letters, or revoked."


@contextmanager
def _changing_the_file() -> Iterator[None]:
    """Recorded first, for then the database is there; and not at all when the file cannot be."""
    try:
        with transaction.atomic():
            yield
    except OSError as error:
        log_error(error, "the file with the keys")
        raise CannotRotate(
            f"The file with the keys cannot be changed: {error.strerror}. See: manage.py keys status"
        ) from None


def _record(kind: Kind, new: dict[str, object]) -> None:
    audit.record("keys_rotated", by=BY, subject=kind.subject, new=new)
