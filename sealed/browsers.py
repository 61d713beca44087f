"""Browsers: each keyholder gives the passphrase in one of their own (rule 28).

A signed cookie says who has given one in this browser, until the ceremony is over. That two people sit at two
machines it cannot show: it stops those who would give theirs one after the other at the same one.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from sealed.ceremonies import LASTS
from sealed.models import Ceremony
from sealed.refused import Refused

SALT = "browser of a keyholder"


def check(request: HttpRequest, one: Ceremony) -> None:
    """Raises Refused where another keyholder has given theirs in this browser."""
    try:
        given = signing.loads(request.COOKIES.get(settings.KEYHOLDER_COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return
    ceremony, user = given
    if ceremony == one.pk and user != request.user.pk:
        raise Refused(
            "Another keyholder has given a passphrase in this browser. Each gives theirs in a browser of their own, "
            "best on a machine of their own."
        )


def note(request: HttpRequest, response: HttpResponse, one: Ceremony) -> None:
    """This person has given theirs here."""
    response.set_cookie(
        settings.KEYHOLDER_COOKIE,
        signing.dumps([one.pk, request.user.pk], salt=SALT),
        max_age=LASTS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
