"""Middleware for staff: a second factor comes before every page. When a session was last seen is noted every
five minutes at most, so that viewing pages costs staff no write, and candidates never one.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import timezone

from accounts.session_store import NOTED, row_of

SET_UP = {"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}
EVERY = dt.timedelta(minutes=5)


class MFARequiredMiddleware:
    """With MFA_REQUIRED, staff set up a second factor before they can do anything else but read how."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        open_to_all = not getattr(view, "login_required", True)
        if not settings.MFA_REQUIRED or open_to_all or not request.user.is_authenticated:
            return None
        page = resolve(request.path_info)
        if page.namespace == "guidance" or page.url_name in SET_UP or is_mfa_enabled(request.user):
            return None
        return redirect("mfa_activate_totp")


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
