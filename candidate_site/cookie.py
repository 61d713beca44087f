"""The candidate's cookie: what it says, once its signature holds. No model is imported, for admission reads
it before Django is asked (`portal.admission`), and is imported before there are settings."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import parse_cookie

SALT = "visit of a candidate"


def signed(facts: list[Any]) -> str:
    return signing.dumps(facts, salt=SALT)


def said_by(cookie: str) -> list[Any] | None:
    """What was signed; None when we have not, or too long ago."""
    try:
        return signing.loads(cookie, salt=SALT, max_age=settings.CANDIDATE_IDLE)
    except (signing.BadSignature, ValueError):
        return None


def said_in(header: str) -> list[Any] | None:
    """The same, of the header with all cookies."""
    return said_by(parse_cookie(header).get(settings.CANDIDATE_COOKIE, ""))
