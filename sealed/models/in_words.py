"""How keys and moments are told in words: to be signed (`sealed.signatures`), or to be compared by people."""

import datetime as dt
import hashlib
from base64 import b32encode


def sum_of(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()


def moment(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).isoformat() if at else ""


def fingerprint(public: bytes) -> str:
    """Of a public key, for people to compare: 80 bits, as `ABCD-EFGH-JKLM-NPQR`."""
    letters = b32encode(hashlib.sha256(public).digest()[:10]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
