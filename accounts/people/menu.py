"""Whether whoever has signed in looks after people, for the menu: found out at the sign-in and on the front
page, kept in the session, so that no other page pays for it. Each page of People asks for the right itself.
"""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.people import access

MANAGES = "manages_people"


def find_out(request: HttpRequest, user: User) -> None:
    manages = access.managing(user).exists()
    if request.session.get(MANAGES) != manages:
        request.session[MANAGES] = manages


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    find_out(request, user)
