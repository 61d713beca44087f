"""The middleware that answers the candidate site by a short way, above all others."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_resolver
from django.utils.module_loading import import_string

from candidate_site.views import nowhere, too_large
from candidate_site.waiting import away
from core import restored
from core.request_size import fits

CANDIDATE_SITE = "/results"


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
        self.headers = self.headers or security_headers(request)
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
        request.resolver_match = get_resolver("candidate_site.urls").resolve(path)
    except (DisallowedHost, Resolver404):
        return False
    return request.is_secure() or not settings.SECURE_SSL_REDIRECT


def _answer(request: HttpRequest) -> HttpResponse:
    if not fits(request):
        return too_large(request)
    has_login = request.method == "POST" or settings.CANDIDATE_COOKIE in request.COOKIES
    if has_login and restored.closes_pages(looks=False):
        return away(request)
    found: Any = request.resolver_match
    response = found.func(request, *found.args, **found.kwargs)
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    own = nowhere(request, status=response.status_code)
    own.headers["Allow"] = response.headers["Allow"]
    return own


def security_headers(request: HttpRequest) -> dict[str, str]:
    """What the middlewares of settings.SECURITY_HEADERS put on an answer that says nothing itself."""
    answer: Callable[[HttpRequest], HttpResponse] = lambda _: HttpResponse()  # noqa: E731
    for name in reversed(settings.SECURITY_HEADERS):
        answer = import_string(name)(answer)
    return {name: value for name, value in answer(request).items() if name != "Content-Type"}
