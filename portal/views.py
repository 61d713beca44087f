"""The front door: the *Administer exams* dashboard with its three tiles, and the pages for faults of ours."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views import defaults
from django.views.decorators.http import require_safe

from accounts.people import menu
from accounts.requests import StaffRequest
from candidate_site.middleware import CANDIDATE_SITE
from centres import access
from core.database_errors import is_away
from core.encryption import WrongKey
from exchange.overview import new_for
from portal import unavailable
from portal.present_series import present_series
from portal.to_do import next_releases, to_do_for


@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """*Administer exams* (rule 1): the way to everything. Who lacks the permission is told whom to
    e-mail; the board has pages of its own."""
    menu.find_out(request, request.user)
    centres = list(access.homes_of(request.user))
    return render(
        request,
        "portal/dashboard.html",
        {
            "centres": centres,
            "board_only": request.user.is_superuser and not centres,
            "may_manage": access.may_manage(request.user),
            "new_files": new_for(request.user),
            "present": present_series(request.user, centres),
        },
    )


@require_safe
def to_do(request: StaffRequest) -> HttpResponse:
    """What there is to do for this person, which at a main centre of hundreds takes a second to find out: the
    dashboard asks for it once it is open. By itself it is a page for who has no JavaScript."""
    centres = list(access.homes_of(request.user))
    context = {
        "to_do": to_do_for(request.user, centres),
        "releases": next_releases(request.user, centres),
    }
    part = request.htmx  # type: ignore[attr-defined]
    return render(request, "portal/_to_do.html" if part else "portal/to_do.html", context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address. It may hold a login of which a scanner has turned `#` into `%23`, or a link with
    something behind it: the page repeats nothing of it, leads to the form, and sends it on to nobody."""
    for beginning, page in settings.NOT_FOUND.items():
        if request.path_info.casefold().startswith(beginning):
            response = import_string(page)(request)
            response.headers["Referrer-Policy"] = "strict-origin"  # the site, not the address
            return response
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be read."""
    return _candidates_own(400, request) or defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """While the database is away, or a key is not the site's, it is 503, so that people, and what
    stands in front of the site, know that it will pass; the page of it keeps what was typed and
    comes back by itself. No query: nothing else must fail on this page."""
    error = sys.exc_info()[1]
    away = error is not None and is_away(error)
    passes = away or isinstance(error, WrongKey)
    if own := _candidates_own(503 if passes else 500, request):
        return own
    if error is not None and away:
        return unavailable.away(request, error)
    if isinstance(error, WrongKey):
        return unavailable.wrong_key()
    return defaults.server_error(request)


def _candidates_own(status: int, request: HttpRequest) -> HttpResponse | None:
    """A page of the candidate site, in the reader's language, for who is there."""
    if not request.path_info.startswith(f"{CANDIDATE_SITE}/"):
        return None
    return import_string(settings.CANDIDATE_ERRORS[status])(request)
