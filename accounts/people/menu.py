"""The menu's entries for who has signed in: People, if they manage any, and what is new with their account.

Found out at the sign-in and on the front page, kept in the session, so that no other page pays for it. Each
page of People asks for the right itself.
"""

from typing import Any

from django.http import HttpRequest

from accounts import notifications
from accounts.models import User
from accounts.people import access

MANAGES = "manages_people"


def find_out(request: HttpRequest, user: User) -> None:
    notifications.find_out(request, user)
    manages = access.managing(user).exists()
    if request.session.get(MANAGES) != manages:
        request.session[MANAGES] = manages


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    find_out(request, user)
