"""Secrets that no one has to invent: read from the environment, else made once and kept in DATA_DIR.

`keys.json` holds Django's secret key, the pepper of candidates' logins and the master key of letter
files, each apart from the others. Whoever loses it loses every login and every stored letter, so a
real installation gives the three in the environment and keeps them where backups do not go.

Keys in `keys.json` can be changed while the site runs: each process looks, whenever it needs one,
whether the file is another than before (`manage.py keys`).
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path


class KeyRing(Mapping[str, bytes]):
    """The keys of one kind in `keys.json`, id -> key, as the file has them at this moment."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self._seen: tuple[int, ...] | None = None
        self._keys: dict[str, bytes] = {}
        self._now()

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

    def _now(self) -> dict[str, bytes]:
        status = self.path.stat()
        seen = (status.st_mtime_ns, status.st_ino, status.st_size)
        if seen != self._seen:
            keys = parse(self.name, json.loads(self.path.read_text())[self.name])
            self._seen, self._keys = seen, keys
        return self._keys

    def add(self) -> str:
        """Make a new key and put it in use; its id."""
        key_id = str(1 + max((int(one) for one in self if one.isdecimal()), default=0))
        self._change(lambda keys: {key_id: secrets.token_bytes(32), **keys})
        return key_id

    def remove(self, key_id: str) -> None:
        self._change(lambda keys: {one: key for one, key in keys.items() if one != key_id})

    def _change(self, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
        """The file is replaced whole, so that who reads it sees all of before or all of after."""
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            everything = json.loads(self.path.read_text())
            keys = change(parse(self.name, everything[self.name]))
            everything[self.name] = ",".join(_written(*one) for one in keys.items())
            _draft(self.path, everything).replace(self.path)


def load_or_make(path: Path) -> dict[str, str]:
    """Return the generated keys; make the file (readable by its owner alone) when there is none.

    Two processes that start at once agree: the file is written aside and linked into place, and
    the one who comes second reads what the first has written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "PEPPER_KEYS": _written("1", secrets.token_bytes(32)),
            "MASTER_KEYS": _written("1", secrets.token_bytes(32)),
        }
        draft = _draft(path, keys)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return json.loads(path.read_text())


def _draft(path: Path, keys: dict[str, str]) -> Path:
    """Beside the file, on the disk, and readable by its owner alone."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        json.dump(keys, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _written(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"


def parse(name: str, text: str | None) -> dict[str, bytes]:
    """Read `id:base64,id:base64` (32 bytes each, the first is the one in use) into id -> key.

    Raises ValueError with the remedy when it is not of that form.
    """
    keys = {}
    for part in (text or "").split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id or len(key) != 32:
            raise ValueError(
                f"{name} must be 'id:key', or several with commas between them, each key 32 bytes "
                f"in base64. Make one with: head -c 32 /dev/urandom | base64"
            )
        keys[key_id] = key
    return keys
