"""What every page tells whoever has signed in: the way to the people they look after, and whether others
have done something with their account. Found out at the sign-in and on the front page, kept in the
session, so that no page pays for it; each page behind a link asks for the right itself.
"""

from typing import Any

from django.http import HttpRequest

from centres import people, telling
from centres.models import User

MANAGES, NEW = "manages_people", "account_news"


def find_out(request: HttpRequest, user: User) -> None:
    found = {MANAGES: people.managing(user).exists(), NEW: telling.unseen(user).count()}
    for key, value in found.items():
        if request.session.get(key) != value:
            request.session[key] = value


def forget(request: HttpRequest) -> None:
    """They have looked at what was done."""
    if request.session.get(NEW):
        request.session[NEW] = 0


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    find_out(request, user)
