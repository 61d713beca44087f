"""Middleware of every page: no page of staff is cached, no address has a NUL, and it is known whether a page was
begun."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from portal.unavailable import BEGUN, DONE


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


class BegunMiddleware:
    """Below all others: from here on something may have been done, and is not done again by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        request.META[DONE] = True
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        request.META[BEGUN] = True
