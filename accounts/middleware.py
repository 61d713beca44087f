"""Middleware for staff: a sign-in and a second factor come before every page, and what somebody posts meanwhile
is kept (`accounts.kept_posts`). When a session was last seen is noted every five minutes at most, so that viewing
pages costs staff no write, and candidates never one.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone
from structlog.contextvars import bind_contextvars

from accounts import kept_posts, notes, page_owners
from accounts.reauthentication import way_to_password
from accounts.second_factor import must_set_up
from accounts.session_store import NOTED, row_of
from core.request_size import FORM

SET_UP = {"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}
EVERY = dt.timedelta(minutes=5)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, but that what was posted is kept on the sign-in page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> Any:
        owner = page_owners.whose(request)
        post = kept_posts.post_of(request, owner) if owner else None
        if post or (owner and kept_posts.is_never_kept(request)):
            return kept_posts.signed_out(request, post)
        return super().handle_no_permission(request, view_func)


class KeptPostsMiddleware:
    """Below allauth's, which keeps one post of a session: here each of several tabs has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page_owners.note_token(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or request.content_type != FORM:
            return None
        name = request.POST.get(kept_posts.GOES_BY)
        if not name or kept_posts.go_on(request, name):
            return None
        messages.info(request, kept_posts.NOTHING)
        return redirect("dashboard")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, kept_posts.PressAgain):
            messages.info(request, kept_posts.PRESS_AGAIN)
            return redirect(request.get_full_path())
        if not isinstance(exception, ReauthenticationRequired):
            return None
        ways = get_adapter().get_reauthentication_methods(request.user)
        if request.method == "POST" and kept_posts.is_never_kept(request):
            # Not left to allauth, which would keep all that was posted in the session.
            messages.info(request, kept_posts.NOT_DONE)
            page = ways[0]["url"] if ways else reverse("account_login")
            return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}")
        post = kept_posts.post_of(request, str(request.user.pk))
        return way_to_password(request, ways[0]["url"], post) if post and ways else None


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
        if open_to_all or not request.user.is_authenticated:
            return None
        page = resolve(request.path_info)
        if page.namespace == "guidance" or page.url_name in SET_UP or not must_set_up(request):
            return None
        return redirect("mfa_activate_totp")


class LastSeenMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            bind_contextvars(actor=request.user.pk)
            _note(request)
        return self.get_response(request)


def _note(request: HttpRequest) -> None:
    now = timezone.now()
    noted = request.session.get(NOTED, 0)
    if now.timestamp() - noted < EVERY.total_seconds():
        return
    rows = UserSession.objects.filter(session_key=row_of(request.session.session_key))
    if notes.noted(lambda: rows.update(last_seen_at=now)):
        request.session[NOTED] = int(now.timestamp())
        kept_posts.forget_old(request)
