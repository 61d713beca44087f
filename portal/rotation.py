"""A new master key or pepper, while the site runs; and a retired one, once nothing needs it (rule 17).

First the new key is put in use, then what only older keys open is moved on to it, then an older key
can leave. Keys that come from the environment are changed there, by hand; the rest is the same. The
fingerprint of a new key is noted with it, and that of one that left stays, with its id
(`centres.key_fingerprints`).
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from centres import audit, key_fingerprints
from centres.errors import log_error
from credentials import rotation
from portal import start
from portal.key_kinds import KINDS, Kind, in_words, unmoved
from portal.keys import MOST, KeyRing, next_id

BY = "command: keys"
REST = dt.timedelta(minutes=10)  # a process may have begun to work with the keys of before


class CannotRotate(Exception):
    """The text says why, and what to do."""


def put_new_key_in_use(kind: Kind) -> str:
    """Make a key, and use it from now on; its id. Raises CannotRotate."""
    if not isinstance(kind.keys, KeyRing):
        key_id = _next_id(kind)
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
    key_id = _next_id(kind)
    with _changing_the_file():
        _record(kind, {"in use": key_id})
        kind.keys.add(key_id)
        key_fingerprints.note(kind.setting, key_id)
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
            f"Some cannot be opened, and stay as they are ({said}). The keys are the site's, so "
            "those are damaged: their letters must be created anew, their second factors removed at "
            "the board's desk."
        )


def retire(kind: Kind, key_id: str, *, at: dt.datetime | None = None) -> None:
    """Remove a key that nothing needs. Raises CannotRotate."""
    if key_id not in kind.keys and key_id not in key_fingerprints.ids(kind.setting):
        raise CannotRotate(f"There is no {kind.name} key {key_id}. See: manage.py keys status")
    if key_id == kind.in_use:
        raise CannotRotate(f"Key {key_id} is in use. First: manage.py keys rotate {kind.name}")
    _must_be_this_sites(but=key_id)
    if kind.needed[key_id]:
        said = in_words(kind, {key_id})
        raise CannotRotate(f"Key {key_id} stays, for it is still needed ({said}). {_remedy(kind)}")
    if (rested := _last_step(kind) + REST) > (at or timezone.now()):
        raise CannotRotate(
            "The keys were changed a moment ago, and a process may still be at work with those of "
            f"before. Try again after {rested:%H:%M} UTC."
        )
    with _changing_the_file():
        _record(kind, {"retired": key_id})
        key_fingerprints.retire(kind.setting, key_id)
        if isinstance(kind.keys, KeyRing):
            kind.keys.remove(key_id)
    if key_id in kind.keys:
        raise CannotRotate(
            f"Nothing needs key {key_id}. Take it out of {kind.setting} in the environment, and "
            "restart every process."
        )


def accept(setting: str, key_id: str = "") -> None:
    """The key that we have is right, and what is noted under its id is not: the board's word for it.
    Raises CannotRotate where rows say that it is wrong."""
    if (setting, key_id) not in key_fingerprints.of_this_process():
        raise CannotRotate(f"There is no key {key_id} in {setting}. See: manage.py keys status")
    if setting == "MASTER_KEYS" and not start.opens_what_is_stored(key_id):
        raise CannotRotate(
            f"Key {key_id} opens nothing of what is stored under that id, so it is not the site's."
        )
    with transaction.atomic():
        subject = next((one.subject for one in KINDS.values() if one.setting == setting), setting)
        audit.record("keys_rotated", by=BY, subject=subject, new={"accepted": key_id or setting})
        key_fingerprints.note(setting, key_id)


def _next_id(kind: Kind) -> str:
    return next_id(key_fingerprints.ids(kind.setting) | kind.keys.keys())


def _must_be_this_sites(*, but: str = "") -> None:
    """A pepper that only the command knows, laid over the logins, would end them all. `but`: a key that
    may be missing, as it is to leave."""
    fit = all(noted.key_id == but for noted in key_fingerprints.misfits())
    if not fit or not rotation.keys_fit():
        raise CannotRotate(
            "These keys are not those of the site. See manage.py check, and give the command the "
            "environment that the site has: DATA_DIR, or the keys themselves."
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
