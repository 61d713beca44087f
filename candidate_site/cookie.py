"""The candidate's cookie: what it says, once its signature holds.

HAProxy reads of it whose login it is, and nothing else (deploy/haproxy/haproxy.cfg)."""

from typing import Any

from django.conf import settings
from django.core import signing

SALT = "visit of a candidate"


def signed(facts: list[Any]) -> str:
    return signing.dumps(facts, salt=SALT)


def said_by(cookie: str) -> list[Any] | None:
    """What was signed; None when we have not, or too long ago."""
    try:
        return signing.loads(cookie, salt=SALT, max_age=settings.CANDIDATE_IDLE)
    except (signing.BadSignature, ValueError):
        return None
