"""How what is signed is told in words (`sealed.signatures`)."""

import datetime as dt
import hashlib


def sum_of(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()


def moment(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).isoformat() if at else ""
