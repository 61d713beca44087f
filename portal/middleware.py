"""No page of staff's is kept in a cache, and a second factor is first."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

SET_UP = {"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}


class NulMiddleware:
    """No page has an address with a NUL in it, which PostgreSQL refuses to look for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if "\0" in request.path_info:
            raise Http404


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
