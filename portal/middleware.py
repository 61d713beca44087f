"""Candidates come in by a short way; for staff no page is kept in a cache, and a second factor is first."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

SET_UP = {"mfa_activate_totp", "account_reauthenticate", "account_logout"}


class CandidateSiteMiddleware:
    """The candidate site is answered here: no session, user, message or token of staff's pages is
    looked at, written or paid for. What it does not know goes on, and is not found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/results/"):
            return self.get_response(request)
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = found
        return found.func(request, *found.args, **found.kwargs)


class NoStoreMiddleware:
    """A page that was made for somebody signed in is not kept by any cache, nor by the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class MFARequiredMiddleware:
    """With MFA_REQUIRED, staff set up a second factor before they can do anything else."""

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
        if resolve(request.path_info).url_name in SET_UP or is_mfa_enabled(request.user):
            return None
        return redirect("mfa_activate_totp")
