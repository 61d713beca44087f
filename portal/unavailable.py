"""The page of staff while the service is not to be had: one, made of nothing that may be broken then.

It comes back by itself. What was posted is on it once more, in a form with *Try again*, but for passwords, codes and
files. It is sent again by itself only where nothing can have been done: the database was busy, or away before the
page was begun. The form has the token that was posted, never a new one: what another site sends stays refused.
"""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from accounts import kept_posts, page_owners
from candidate_site.middleware import CANDIDATE_SITE
from core.database_errors import SQLITE_AWAY, code_of
from core.request_size import LONGEST_FORM, length_of

COME_BACK = 10  # seconds
OF_SIGN_IN = ("login", "next", "kept")
BEGUN, DONE = "portal.page_begun", "portal.page_done"  # in the request's environment

AWAY = (
    "The service is not available at the moment",
    "It cannot reach its records. Nothing that was finished is lost, and letters that "
    "are being made continue automatically.",
)
WRONG_KEY = (
    "The service is not available for now",
    "It is not set up correctly on one of its servers, so what you typed could not be checked. Your login is not "
    "the cause, and nothing is lost. The awarding body has been told. Please try again later.",
)
UPGRADING = (
    "The service is being upgraded",
    "It is back in a moment. Nothing that was finished is lost.",
)
RESTORED = (
    "The service is not open yet",
    "It was restored from a backup, and the awarding body is checking it. Nothing can be changed until it "
    "has finished. Please try again later.",
)
NOT_SET_UP = ("The service is not set up yet", "Please try again later.")


def away(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The database is busy or away. No query."""
    busy = code_of(error).startswith(SQLITE_AWAY) and not request.META.get(DONE)
    return _comes_back(request, AWAY, done_nothing=busy or not request.META.get(BEGUN))


def upgrading(request: HttpRequest) -> HttpResponse:
    """This code has come before its migrations. Candidates read their own page."""
    if request.path_info.startswith(f"{CANDIDATE_SITE}/"):
        return import_string(settings.CANDIDATE_ERRORS[503])(request)
    return _comes_back(request, UPGRADING, done_nothing=True)


def wrong_key() -> HttpResponse:
    return _page(WRONG_KEY)


def restored() -> HttpResponse:
    return _page(RESTORED)


def not_set_up(request: HttpRequest, mend: str) -> HttpResponse:
    """Candidates learn no more than that."""
    for_candidates = request.path_info.startswith(CANDIDATE_SITE)
    return _page(NOT_SET_UP, mend="" if for_candidates else mend)


def _comes_back(request: HttpRequest, said: tuple[str, str], *, done_nothing: bool) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return _page(said, again=True, refresh=COME_BACK)
    fields: list[tuple[str, str]] = []
    with suppress(UnreadablePostError):
        fields = _posted(request)
    return _page(
        said,
        fields=fields,
        path=request.get_full_path(),
        by_itself=done_nothing and kept_posts.is_kept(request),
        done_nothing=done_nothing,
        with_file=(request.content_type or "").startswith("multipart"),
        of_log_in=any(name == "login" for name, _ in fields),
        come_back=COME_BACK,
    )


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, from a browser in which somebody was signed in."""
    found = kept_posts.page_of(request)
    if found is None or length_of(request) > LONGEST_FORM or not page_owners.owners_of(request):
        return []
    wanted = None if kept_posts.is_kept(request) else OF_SIGN_IN
    if wanted and found.view_name != "account_login":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if wanted is None or name in (*wanted, kept_posts.TOKEN)
    ]


def _page(said: tuple[str, str], *, refresh: int = 0, **context: Any) -> HttpResponse:
    title, text = said
    page = render_to_string("503.html", {"title": title, "text": text, **context})
    headers = {"Retry-After": "30", "Cache-Control": "no-store"}
    if refresh:
        headers |= {"Retry-After": str(refresh), "Refresh": str(refresh)}
    return HttpResponse(page, status=503, headers=headers)
