"""Middleware of every page: nothing is answered on another schema, a restored site is closed, no page of staff is
cached, no address has a NUL, it is known whether a page was begun, and static files are there, also those of another
release."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from whitenoise.middleware import WhiteNoiseMiddleware

from core.database_errors import is_away
from core.restored import closes_pages
from operations import schema
from portal import unavailable
from portal.unavailable import BEGUN, DONE

BESIDE = ("/health/", settings.STATIC_URL)
OPEN = {"account_login", "account_logout", "mfa_authenticate"}  # also in a restored site
# What the board may do there: what was held since must be held again before it opens, and a hold opens nothing.
TO_HOLD = {
    "board:hold_place",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class SchemaMiddleware:
    """Above all that ask the database: while it has not gone through this code's migrations, or is two releases ahead,
    people read that the service is being upgraded. Whoever migrates need not restart what has started too early."""

    fits = False  # of the process: once it does, it is never asked again, so a visit pays nothing

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not SchemaMiddleware.fits and not request.path_info.startswith(BESIDE):
            try:
                SchemaMiddleware.fits = not schema.reasons()
            except (DatabaseError, InterfaceError) as error:
                if not is_away(error):
                    raise
            else:
                if not SchemaMiddleware.fits:
                    return unavailable.upgrading(request)
        return self.get_response(request)


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """While a deploy rolls, a page of one release asks a machine that has another, and one that stays open asks
    the next release. A name has a sum of the content in it, so none stands for another's."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = dict(self.files)
        for folder in settings.STATIC_DIR.glob("*/"):
            if folder != settings.STATIC_ROOT:
                self.add_files(str(folder), prefix=self.static_prefix)
        self.files.update(own)  # a bare name is this release's


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


class AfterRestoreMiddleware:
    """A restored site stays closed until somebody says that it goes on (`core.restored`). The board alone sees pages,
    and only looks, and holds results: a hold that was placed after the copy was made is lost, so a gate would be
    open that should be closed. Candidates are told to wait by their own (`candidate_site.middleware`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if request.path_info.startswith(BESIDE) or not closes_pages():
            return None
        found = resolve(request.path_info)
        harmless = request.method in ("GET", "HEAD") or found.view_name in TO_HOLD
        if (request.user.is_superuser and harmless) or found.url_name in OPEN:
            return None
        return unavailable.restored()


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
