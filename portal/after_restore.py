"""The middleware that keeps a restored site closed, until somebody says that it goes on (`core.restored`).

The board alone sees pages, and only looks: a hold that was placed after the copy was made is lost, so a gate may be
open that should be closed. Candidates are told to wait by their own (`candidate_site.middleware`).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from core.restored import closes_pages
from portal import unavailable

BESIDE = ("/health/", settings.STATIC_URL)
OPEN = {"account_login", "account_logout", "mfa_authenticate"}


class AfterRestoreMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if request.path_info.startswith(BESIDE) or not closes_pages():
            return None
        looks = request.user.is_superuser and request.method in ("GET", "HEAD")
        if looks or resolve(request.path_info).url_name in OPEN:
            return None
        return unavailable.restored()
