"""Key rotation: a new master key or pepper while the site runs, and the old retired once nothing needs it (rule 17).

First the new key is put in use. What only older master keys open is moved on to it; a login keeps its
pepper, for its digest cannot be made anew without it. An older key can leave when nothing needs it. Keys
that come from the environment are changed there, by hand; the rest is the same. The fingerprint of a new
key is noted with it, and that of one that left stays, with its id (`core.key_fingerprints`).
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import second_factor
from centres import audit
from core import encrypted_files, key_fingerprints
from core.encryption import WrappedKeys, counted
from core.errors import log_error
from core.models import KeyChange
from credentials.letters import storage
from credentials.models import Credentials
from portal.keys import MOST, KeyRing, next_id
from sealed import opening, signatures
from sealed.signatures import Signed

BY = "command: keys"
REST = dt.timedelta(minutes=10)  # a process may have begun to work with the keys of before
WRAPPED: dict[str, WrappedKeys | Signed] = {
    "letter files": storage.KEYS,
    "encrypted files": encrypted_files.KEYS,
    **signatures.KEYS,
}


class CannotRotate(Exception):
    """The text says why, and what to do."""


@dataclass(frozen=True)
class Kind:
    """Master keys, or peppers. `needing`: key's id -> how many rows need it, by what they are;
    `moves`: everything to the key in use, yielding how many in each step, where that can be done."""

    name: str
    setting: str
    needing: Callable[[], dict[str, Counter[str]]]
    moves: Callable[[], Iterator[int]] | None = None

    @property
    def keys(self) -> Mapping[str, bytes]:
        return getattr(settings, self.setting)

    @property
    def in_use(self) -> str:
        return next(iter(self.keys))

    @property
    def needed(self) -> Counter[str]:
        return sum(self.needing().values(), Counter())

    @property
    def changes(self) -> QuerySet[KeyChange]:
        """What was done to these keys, newest first."""
        return KeyChange.objects.filter(kind=self.name)


def _move_all_that_master_keys_open() -> Iterator[int]:
    for keys in WRAPPED.values():
        yield from keys.move()
    yield from second_factor.move_authenticators()
    yield from opening.move_keys()


KINDS = {
    "master": Kind(
        "master",
        "MASTER_KEYS",
        lambda: {
            **{what: keys.needing() for what, keys in WRAPPED.items()},
            "second factors of staff": second_factor.needing_master_keys(),
            "sealed results that are being opened": opening.needing_master_keys(),
        },
        _move_all_that_master_keys_open,
    ),
    "pepper": Kind(
        "pepper",
        "PEPPER_KEYS",
        lambda: {"logins that still work": counted(Credentials.objects.live(), "pepper_id")},
    ),
}


def unmoved(kind: Kind) -> int:
    """How many rows are not yet on the key in use, and can be."""
    if kind.moves is None:
        return 0
    return sum(count for key_id, count in kind.needed.items() if key_id != kind.in_use)


def in_words(kind: Kind, key_ids: Collection[str]) -> str:
    """What needs these keys, and how many of them: “letter files: 3”."""
    counts = {what: sum(ids[one] for one in key_ids) for what, ids in kind.needing().items()}
    return ", ".join(f"{what}: {count}" for what, count in counts.items() if count)


def since(kind: Kind) -> dict[str, dt.datetime]:
    """Key's id -> since when it has been used, as far as that was recorded."""
    used = kind.changes.filter(what__in=[KeyChange.What.IN_USE, KeyChange.What.MOVED])
    return dict(used.values_list("key_id", "at"))  # of the same key, the oldest comes last


def opens_what_is_stored(master_key_id: str) -> bool:
    """Whether our master key opens what rows say is under its id; also when there is nothing."""
    return all(keys.fit(master_key_id=master_key_id) for keys in WRAPPED.values())


def put_new_key_in_use(kind: Kind) -> str:
    """Make a key, and use it from now on; its id. Raises CannotRotate."""
    if not isinstance(kind.keys, KeyRing):
        key_id = _next_id(kind)
        move_on = f"\n4. manage.py keys rotate {kind.name} --move" if kind.moves else ""
        raise CannotRotate(
            f"The keys come from {kind.setting} in the environment, so that is where they change:\n"
            f"1. Make key {key_id}: echo {key_id}:$(head -c 32 /dev/urandom | base64)\n"
            "2. Add it behind the others, after a comma, and restart every process: all know it.\n"
            f"3. Put it first, and restart every process again: it is in use.{move_on}"
        )
    _must_be_this_sites()
    if len(kind.keys) >= MOST:
        raise CannotRotate(
            f"There are {MOST} {kind.name} keys already. Retire one: see manage.py keys status"
        )
    key_id = _next_id(kind)
    with _changing_the_file():
        _record(kind, KeyChange.What.IN_USE, key_id)
        kind.keys.add(key_id)
        key_fingerprints.note(kind.setting, key_id)
    return key_id


def move(kind: Kind) -> Iterator[int]:
    """Move everything to the key in use; yields how many in each step. Once more, from the start,
    for what was written with the old key while this went on. Raises CannotRotate."""
    _must_be_this_sites()
    moved = 0
    while kind.moves and unmoved(kind):
        before = moved
        for count in kind.moves():
            moved += count
            yield count
        if moved == before:
            break
    if moved:
        _record(kind, KeyChange.What.MOVED, kind.in_use, {"in use": kind.in_use, "moved": moved})
    if unmoved(kind):
        said = in_words(kind, kind.needed.keys() - {kind.in_use})
        raise CannotRotate(
            f"Some cannot be opened, and stay as they are ({said}). The keys are the site's, so "
            "those are damaged: their letters must be created again, their second factors removed on "
            "the board's pages."
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
        _record(kind, KeyChange.What.RETIRED, key_id)
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
    if setting == "MASTER_KEYS" and not opens_what_is_stored(key_id):
        raise CannotRotate(
            f"Key {key_id} opens nothing of what is stored under that id, so it is not the site's."
        )
    with transaction.atomic():
        kind = next((one for one in KINDS.values() if one.setting == setting), None)
        _record(kind, KeyChange.What.ACCEPTED, key_id, {"accepted": key_id or setting})
        key_fingerprints.note(setting, key_id)


def _next_id(kind: Kind) -> str:
    return next_id(key_fingerprints.ids(kind.setting) | kind.keys.keys())


def _must_be_this_sites(*, but: str = "") -> None:
    """What only the command can open would be lost to the site. `but`: a key that may be missing, as it is
    to leave."""
    fit = all(noted.key_id == but for noted in key_fingerprints.misfits())
    if not fit or not storage.KEYS.fit():
        raise CannotRotate(
            "These keys are not those of the site. See manage.py check, and give the command the "
            "environment that the site has: DATA_DIR, or the keys themselves."
        )


def _last_step(kind: Kind) -> dt.datetime:
    """When keys of this kind were last changed, or something moved."""
    steps = list(kind.changes.values_list("at", flat=True)[:1])
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


def _record(
    kind: Kind | None, what: KeyChange.What, key_id: str, new: dict[str, object] | None = None
) -> None:
    """`kind`: none is SECRET_KEY, which has no other beside it."""
    KeyChange.objects.create(kind=kind.name if kind else "secret", key_id=key_id, what=what)
    subject = f"{kind.name.capitalize()} keys" if kind else "SECRET_KEY"
    audit.record("keys_rotated", by=BY, subject=subject, new=new or {what.value: key_id})
