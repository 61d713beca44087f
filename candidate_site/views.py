"""The candidate site: log in, see when results come and then what they are, log out (rules 16 to 21).

It stands apart from the staff's pages: no session row, no token, and a page for a cheap telephone.
A form sent from another site is refused (`csrf`).

Every address but those of a visit (`session`) answers alike whoever asks, cookie or not, so that no
cache in between can hand a page of one candidate to another. What leads to somebody's own page is
posted: the login, and *See my results* for whoever is logged in already.

Whoever scans the code on a letter finds that letter's login filled in, whoever is signed in on this
telephone: it may be a sister's. The code's address ends in `#` and the login, which no browser
sends; one small script reads it (static/candidate_site/scanned_login.js), and all works without.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from accounts.notes import noted
from candidate_site import session
from candidate_site.calendar import calendar_of
from candidate_site.forms import FROM_ANOTHER_SITE, SignInForm
from candidate_site.jinja import rendered
from candidate_site.language import NAME, address, chosen_in, in_its_language
from candidate_site.page import SignedIn, page_for, signed_in
from candidate_site.session import Visit
from core.http import LOGIN_REFUSED, attachment, from_another_site
from credentials.logins import authentication as credentials_sign_in
from credentials.logins import secret
from credentials.models import Credentials


class SeeOther(HttpResponseRedirect):
    status_code = 303


@login_not_required
@csrf_exempt
@sensitive_post_parameters("username", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, the same bytes for everybody; and posted, the way in."""
    if request.method == "POST":
        return _log_in(request)
    told = {
        "signed_out": "signed-out" in request.GET,
        "logged_out": "logged-out" in request.GET,
        "code_signs_in": settings.CODE_SIGNS_IN,
    }
    response = HttpResponse(_form(get_language() or "", chosen_in(request), **told))
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@login_not_required
@csrf_exempt
@sensitive_post_parameters("username", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def mine(request: HttpRequest) -> HttpResponse:
    """Posted, it leads whoever is signed in to the own page; asked for, everybody to the form. A login
    that was typed there is not lost: it is tried, whoever is signed in."""
    if request.method != "POST":
        return _personal(SeeOther(_form_address(request)))
    if request.POST.get("username") or request.POST.get("password"):
        return _log_in(request)
    if from_another_site(request):
        return _refused(request)
    visit = Visit.read(request)
    if visit and visit.holder():
        return _to(visit, request)
    return _signed_out(request)


@login_not_required
@require_safe
@in_its_language
def page(request: HttpRequest, place: str) -> HttpResponse:
    """The candidate's own results, or when they will be released."""
    visit, found = _at(place, request)
    if visit is None or found is None:
        return _not_here(request)
    holder = found.holder
    first = visit.last_seen is None
    seen = visit.seen_before(holder.results_seen_at) if first else visit
    made = page_for(found, seen_before=seen.last_seen)
    if noted(lambda: _note_seen(holder, made, first=first)) and made.shows_a_grade:
        visit = seen  # else the next page notes it
    file = address("calendar", place, language=chosen_in(request))
    response = answer(request, "mine", page=made, calendar=file, now=made.at)
    visit.keep(response)
    return _personal(response)


def _note_seen(holder: Credentials, made: Any, *, first: bool) -> None:
    """While it is not noted, what is held later reads “Not available yet”: less is told, never more."""
    if not made.shows_a_grade:
        credentials_sign_in.note_page_seen(holder, made.at)
    for part in made.parts:
        shown = part.codes_shown
        if shown and (first or credentials_sign_in.not_seen_yet(part.credentials, shown)):
            credentials_sign_in.note_results_seen(part.credentials, shown, made.at)


@login_not_required
@require_safe
@in_its_language
def calendar(request: HttpRequest, place: str) -> HttpResponse:
    """The moments that the page names, as a file for a calendar."""
    visit, found = _at(place, request)
    if visit is None or found is None:
        return _not_here(request)
    file = calendar_of(page_for(found), made_at=timezone.now())
    return _personal(attachment(file, "exam-results.ics"))


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def log_out(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # an address typed in, or kept from the last visit
        return _personal(SeeOther(_form_address(request)))
    if from_another_site(request):
        return _refused(request)
    visit = Visit.read(request)
    if visit:
        visit.end()
    return _signed_out(request, told="logged-out")


@in_its_language
def too_large(request: HttpRequest) -> HttpResponse:
    """The form, to whoever sends more than it asks for; none of it was read."""
    return _personal(answer(request, "sign_in", status=413, form=SignInForm()))


@in_its_language
def nowhere(request: HttpRequest, *, status: int = 404) -> HttpResponse:
    """An address that does not exist, or a request that makes no sense, leads to the form, in the language
    of whoever came. A login may stand in it, so no link goes on from it, and nothing of it is filled in."""
    return _personal(answer(request, "nowhere", status=status, here=address("sign_in")))


def not_understood(request: HttpRequest) -> HttpResponse:
    """The same, of a form that cannot be read."""
    return nowhere(request, status=400)


@in_its_language
def trouble(request: HttpRequest) -> HttpResponse:
    """A fault of ours. No query is asked for this page."""
    return _personal(answer(request, "trouble", status=500, here=address("sign_in")))


def _log_in(request: HttpRequest) -> HttpResponse:
    if from_another_site(request):
        return _refused(request)
    login = secret.read(*(request.POST.get(name, "") for name in SignInForm.base_fields))
    holder = credentials_sign_in.opened_by(login) if login else None
    if holder is None:
        return _again(request)
    visit = Visit.of(holder)
    response = _to(visit, request)
    visit.keep(response)
    return response


def _at(place: str, request: HttpRequest) -> tuple[Visit | None, SignedIn | None]:
    """The visit whose own address this is, and whose it is; None where it is not, or not any more."""
    visit = Visit.read(request)
    if visit is None or not constant_time_compare(visit.place, place):
        return None, None
    return visit, signed_in(visit.credentials_id, visit.issue_number, visit.visits_ended)


def _to(visit: Visit, request: HttpRequest) -> HttpResponse:
    return _personal(SeeOther(address("results_page", visit.place, language=chosen_in(request))))


def _not_here(request: HttpRequest) -> HttpResponse:
    """Of a visit that is over, its address leads to the form; so does another visit's, which may have
    begun since, in another tab, and goes on."""
    visit = Visit.read(request)
    if visit and visit.holder():
        return _personal(SeeOther(_form_address(request)))
    return _signed_out(request, was_in=True)


def _signed_out(
    request: HttpRequest, *, was_in: bool = False, told: str = "signed-out"
) -> HttpResponse:
    """Back to the form. Whoever was signed in is told that it is over, and never why."""
    if not was_in and not session.begun(request):
        return _personal(SeeOther(_form_address(request)))
    response = SeeOther(_form_address(request, **{told: ""}))
    session.forget(response)
    return _personal(response)


def _form_address(request: HttpRequest, **query: str) -> str:
    return address("sign_in", language=chosen_in(request), **query)


def _again(request: HttpRequest) -> HttpResponse:
    """The form once more, with what is wrong: a slip of the hand, or no more than that it does not open."""
    form = SignInForm(request.POST)
    if form.is_valid():
        request.META[LOGIN_REFUSED] = True
        form.refuse()
    else:
        form.lead_to_first_problem()
    return _personal(answer(request, "sign_in", form=form))


def _refused(request: HttpRequest) -> HttpResponse:
    told = {"form": SignInForm(), "problem": FROM_ANOTHER_SITE}
    return _personal(answer(request, "sign_in", status=403, **told))


@cache
def _form(
    language: str, chosen: str, *, signed_out: bool, logged_out: bool, code_signs_in: bool
) -> bytes:
    """The form as everybody gets it, made once: whoever waits for the release costs almost nothing."""
    context = {"form": SignInForm(), "signed_out": signed_out, "logged_out": logged_out}
    return page_in(chosen, "sign_in", **context).encode()


def answer(
    request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    return HttpResponse(page_in(chosen_in(request), template, **context), status=status)


def page_in(chosen: str, template: str, **context: Any) -> str:
    """A page in the language that is active, which leads on in the one that was chosen."""
    of_all = _of_all(get_language() or "", chosen, context.get("here", ""))
    return rendered(template, {**of_all, "CODE_SIGNS_IN": settings.CODE_SIGNS_IN, **context})


@cache
def _of_all(language: str, chosen: str, here: str) -> dict[str, Any]:
    """What every page names. The links to the languages lead to `here`, or to where one is."""
    names = ("sign_in", "my_results", "log_out", "privacy", "accessibility")
    links = {"LANGUAGES": settings.LANGUAGES, "language": language, "here": here}
    return {
        "BOARD_NAME": settings.BOARD_NAME,
        "languages": Markup(rendered("_languages", links)),  # noqa: S704 # nosec B704 # a page of ours, escaped
        "language": language,
        "from_right": get_language_bidi(),
        "to": {name: address(name, language=chosen) for name in names},
        "chosen": f"?{NAME}={chosen}" if chosen else "",
    }


def _personal(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Cookie"])
    return response
