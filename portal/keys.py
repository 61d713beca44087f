"""Secrets that no one has to invent: read from the environment, else made once and kept in DATA_DIR.

`keys.json` holds Django's secret key, the pepper of candidates' logins and the master key of letter
files, each apart from the others. Whoever loses it loses every login and every stored letter, so a
real installation gives the three in the environment and keeps them where backups do not go.
"""

import base64
import json
import os
import secrets
from pathlib import Path


def load_or_make(path: Path) -> dict[str, str]:
    """Return the generated keys; make the file (readable by its owner alone) when there is none.

    Two processes that start at once agree: the file is written aside and linked into place, and
    the one who comes second reads what the first has written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "PEPPER_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
            "MASTER_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(keys, indent=1))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return json.loads(path.read_text())


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
