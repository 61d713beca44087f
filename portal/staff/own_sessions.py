"""One's own sessions: which browsers are signed in, since when; end one of them, or all.

When a session was last seen is noted every five minutes at most, so that looking at pages costs staff no
write, and candidates never.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from centres import audit
from centres.access import StaffRequest
from centres.models import User
from centres.staff_sessions import row_of
from centres.staff_sign_in import end_visits
from portal.staff.accounts import NO_ADDRESS

NOTED = "last_seen"  # in the session: when it was last noted
EVERY = dt.timedelta(minutes=5)
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "ChromeOS",
    "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A session, as a person reads it."""

    session: UserSession
    browser: str
    address: str
    is_this: bool


class LastSeenMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _note(request)
        return self.get_response(request)


def _note(request: HttpRequest) -> None:
    now = timezone.now()
    noted = request.session.get(NOTED, 0)
    if now.timestamp() - noted < EVERY.total_seconds():
        return
    request.session[NOTED] = int(now.timestamp())
    UserSession.objects.filter(session_key=row_of(request.session.session_key)).update(
        last_seen_at=now
    )


def began(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """A session that has just begun needs no note for a while."""
    request.session[NOTED] = int(timezone.now().timestamp())


def sessions_of(user: User, current: str | None) -> list[Shown]:
    """Those that are still open, this one first, then the newest."""
    found = [
        Shown(
            one,
            browser_of(one.user_agent),
            "" if one.ip == NO_ADDRESS else one.ip,
            one.session_key == row_of(current),
        )
        for one in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda one: (not one.is_this, -one.session.created_at.timestamp()))


def browser_of(agent: str) -> str:
    """“Firefox on Windows”; what names neither is shown as it is, cut short."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or agent[:60] or "A browser that says nothing of itself"


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return _end(request)
    sessions = sessions_of(request.user, request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": sessions})


def _end(request: StaffRequest) -> HttpResponse:
    """*End*, for one; *Log out everywhere*, this browser too."""
    if "everywhere" in request.POST:
        user = request.user
        with transaction.atomic():
            audit.record("signed_out", by=user, subject=user.username)
            end_visits(user)
        logout(request)
        messages.success(request, "You are signed out in every browser.")
        return redirect("account_login")
    wanted = request.POST.get("session", "")
    found = UserSession.objects.filter(user=request.user, pk=wanted if wanted.isdecimal() else 0)
    session = found.exclude(session_key=row_of(request.session.session_key)).first()
    if session is None:
        raise Http404
    with transaction.atomic():
        audit.record("signed_out", by=request.user, subject=request.user.username)
        session.end()
    messages.success(request, f"{browser_of(session.user_agent)} is signed out.")
    return redirect("own_sessions")
