"""Keys of the site: read from the environment, else made once and kept in DATA_DIR.

`keys.json` holds Django's secret key, the pepper of candidates' logins and the master key of letter
files, each apart from the others. Whoever loses it loses every login and every stored letter, so a
real installation gives the three in the environment and keeps them where backups do not go.

The file is that of one machine, and so is the lock under which it is changed: several machines have their keys in
the environment. Keys in `keys.json` can be changed while the site runs: each process looks, whenever it needs one,
whether the file is another than before (`manage.py keys`). It is whole at every moment, on the disk, and
readable by its owner alone.
"""

import base64
import errno
import fcntl
import json
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.folder import fsync

Keys = dict[str, bytes]
ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
MOST = 4  # of a kind: a sign-in looks under every pepper

logger = logging.getLogger(__name__)


class KeyRing(Mapping[str, bytes]):
    """The keys of one kind in `keys.json`, id -> key, as the file has them at this moment.

    While the file cannot be read, those hold that were read last, and the log says so once.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self._complained = False
        self._known = stamp(path), self._read()

    def __getitem__(self, key_id: str) -> bytes:
        return self._now()[key_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def items(self):
        return self._now().items()  # of one moment, not looked up one by one

    def values(self):
        return self._now().values()

    def _now(self) -> Keys:
        try:
            now = stamp(self.path)  # first: a change in between is seen the next time
            if now != self._known[0]:
                self._known = now, self._read()
            self._complained = False
        except (OSError, ValueError) as error:
            if not self._complained:
                logger.error("%s cannot be read: %s", self.path.name, type(error).__name__)
            self._complained = True
        return self._known[1]

    def _read(self) -> Keys:
        return parse(self.name, json.loads(self.path.read_text()).get(self.name))

    def add(self, key_id: str) -> None:
        """Make a new key and put it in use. May raise OSError; then nothing is changed."""

        def added(keys: Keys) -> Keys:
            if key_id in keys or len(keys) >= MOST:
                raise FileExistsError(errno.EEXIST, "somebody has just added a key")
            return {key_id: secrets.token_bytes(32), **keys}

        self._change(added)

    def remove(self, key_id: str) -> None:
        """May raise OSError; then nothing is changed."""
        self._change(lambda keys: {one: key for one, key in keys.items() if one != key_id})

    def _change(self, change: Callable[[Keys], Keys]) -> None:
        with alone_with(self.path):
            everything = json.loads(self.path.read_text())
            keys = change(parse(self.name, everything[self.name]))
            everything[self.name] = ",".join(_written(*one) for one in keys.items())
            replace(self.path, json.dumps(everything, indent=1))


def load_or_make(path: Path) -> dict[str, str]:
    """Return the generated keys; make the file when there is none. Two processes that start at once
    agree: the one who comes second reads what the first has written."""
    if not path.exists():
        make(path, json.dumps(made(), indent=1))
    return json.loads(path.read_text())


def made() -> dict[str, str]:
    """The three keys of a new site, by the names of their settings. Nothing is written."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PEPPER_KEYS": _written("1", secrets.token_bytes(32)),
        "MASTER_KEYS": _written("1", secrets.token_bytes(32)),
    }


def next_id(ids: Iterable[str]) -> str:
    """An id for a new key beside these, and after those that have left."""
    return str(1 + max((int(one) for one in ids if one.isdecimal()), default=0))


def _written(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"


def parse(name: str, text: str | None) -> Keys:
    """Read `id:base64,id:base64` (32 bytes each, the first is the one in use) into id -> key.

    Raises ValueError with the remedy when it is not of that form.
    """
    keys: Keys = {}
    for part in (text or "").split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not ID.fullmatch(key_id) or len(key) != 32:
            raise ValueError(
                f"{name} must be 'id:key', or several with commas between them, each key 32 bytes "
                f"in base64. Make one with: head -c 32 /dev/urandom | base64"
            )
        if key_id in keys:
            raise ValueError(f"{name} has two keys with the id {key_id}")
        keys[key_id] = key
    if len(keys) > MOST:
        raise ValueError(f"{name} may have {MOST} keys at most. Retire one: manage.py keys status")
    return keys


def stamp(path: Path) -> tuple[int, ...]:
    """Another one, whenever the file is another."""
    status = path.stat()
    return status.st_mtime_ns, status.st_ino, status.st_size


def make(path: Path, text: str) -> None:
    """Write the file, unless another process has just done so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, text) as draft, suppress(FileExistsError):
        os.link(draft, path)
    fsync(path.parent)


def replace(path: Path, text: str) -> None:
    """Who reads it sees all of before or all of after. It stays its owner's, whoever changes it; and
    it is on the disk before anything is written with a new key, which would be lost with it."""
    with _draft(path, text) as draft:
        owner = path.stat()
        if draft.stat().st_uid != owner.st_uid:  # it is changed by root, say
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.rename(path)
    fsync(path.parent)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile. Who has waited takes the one that came in its place."""
    while True:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                for left_by_the_killed in path.parent.glob(f".{path.name}.*"):
                    left_by_the_killed.unlink(missing_ok=True)
                yield
                return


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """Beside the file, on the disk, and gone afterwards."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(text)
        fsync(draft)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
