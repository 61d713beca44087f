"""Lock-out after wrong passwords: nobody can use it to shut an officer out on results day.

Whoever guesses at an officer's password from the school's own network would lock that username at that
address, the officer with it. So a browser from which somebody has signed in, with every factor, keeps a
signed cookie that names them and a number of its own (OWASP: device cookies). Wrong passwords typed there
are counted for that browser and nowhere else, and those of strangers do not count against it. A stolen
cookie opens nothing: it brings its own ten tries.
"""

import secrets
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

COOKIE = settings.KNOWN_BROWSER_COOKIE
SALT = "known browsers"
PEOPLE = 8  # who share a browser; the one longest away is forgotten


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """This person has signed in from here; the browser's number for them stays what it was."""
    known = _people(request)
    username = user.username.lower()
    number = known.pop(username, "") or secrets.token_urlsafe(16)
    known[username] = number
    response.set_cookie(
        COOKIE,
        signing.dumps(dict(list(known.items())[-PEOPLE:]), salt=SALT),
        max_age=settings.KNOWN_BROWSER_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def number_of(request: HttpRequest, username: str | None) -> str | None:
    """The number of this browser, where that person has signed in before."""
    return _people(request).get((username or "").lower())


def _people(request: HttpRequest) -> dict[str, str]:
    try:
        return signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.KNOWN_BROWSER_AGE
        )
    except signing.BadSignature:
        return {}


class LockOut(AxesDatabaseHandler):
    """Axes' own, but that a known browser's tries are kept under its number, and under no address."""

    def is_locked(self, request: HttpRequest, credentials: dict | None = None) -> bool:
        _place(request, (credentials or {}).get("username"))
        return super().is_locked(request, credentials)

    def user_login_failed(
        self, sender: Any, credentials: dict, request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is not None:
            _place(request, credentials.get("username"))
        super().user_login_failed(sender, credentials, request, **kwargs)

    def user_logged_in(self, sender: Any, request: Any, user: User, **kwargs: Any) -> None:
        """The list of log-ins names the address and the browser, as ever."""
        if hasattr(request, "axes_really"):
            request.axes_ip_address, request.axes_user_agent = request.axes_really
        super().user_logged_in(sender, request, user, **kwargs)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict | None = None) -> int:
        _place(request, (credentials or {}).get("username"))
        return super().reset_user_attempts(request, credentials)


def _place(request: Any, username: str | None) -> None:
    """Where axes counts this request's tries: what it has taken from the request is replaced."""
    if number := number_of(request, username):
        if not hasattr(request, "axes_really"):
            request.axes_really = request.axes_ip_address, request.axes_user_agent
        request.axes_ip_address, request.axes_user_agent = None, f"known browser {number}"


def lockout_parameters(request: Any, credentials: dict | None = None) -> list[list[str]]:
    """By what wrong tries are counted together."""
    known = str(getattr(request, "axes_user_agent", "")).startswith("known browser ")
    return [["username", "user_agent" if known else "ip_address"]]
