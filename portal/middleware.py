"""Candidates come in by a short way; for staff no page is kept in a cache, and a second factor is first."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, get_resolver, resolve
from django.utils.module_loading import import_string

from portal import limits
from results.candidate_site.views import too_large

CANDIDATE_SITE = "/results"
SET_UP = {"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}


class CandidateSiteMiddleware:
    """The candidate site is answered here, above all others: no session, user, message or token of
    staff's pages is looked at, written or paid for. The security headers, which are the same on
    every answer, are asked for once.

    What is not plain goes on through the others: an unknown host, no TLS where there must be, an
    address that does not exist.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answer: Callable[[HttpRequest], Any] = convert_exception_to_response(_answer)
        self.headers: dict[str, str] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_plain(request):
            return self.get_response(request)
        self.headers = self.headers or _security_headers(request)
        response: HttpResponse = self.answer(request)
        response.headers["Content-Length"] = str(len(response.content))
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


def _is_plain(request: HttpRequest) -> bool:
    """Whether it is for a page of the candidate site, with nothing to refuse or to redirect."""
    if not request.path_info.startswith(f"{CANDIDATE_SITE}/"):
        return False
    try:
        request.get_host()
        path = request.path_info.removeprefix(CANDIDATE_SITE)
        request.resolver_match = get_resolver("results.candidate_site.urls").resolve(path)
    except (DisallowedHost, Resolver404):
        return False
    return request.is_secure() or not settings.SECURE_SSL_REDIRECT


def _answer(request: HttpRequest) -> HttpResponse:
    if not limits.fits(request):
        return too_large(request)
    found: Any = request.resolver_match
    return found.func(request, *found.args, **found.kwargs)


def _security_headers(request: HttpRequest) -> dict[str, str]:
    """What the middlewares of settings.SECURITY_HEADERS put on an answer that says nothing itself."""
    answer: Callable[[HttpRequest], HttpResponse] = lambda _: HttpResponse()  # noqa: E731
    for name in reversed(settings.SECURITY_HEADERS):
        answer = import_string(name)(answer)
    return {name: value for name, value in answer(request).items() if name != "Content-Type"}


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
