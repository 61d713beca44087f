"""The candidate site: log in, see when results come and then what they are, log out (rules 16 to 21).

It stands apart from the staff's pages: no session row, no token, and a page for a cheap telephone.
A form sent from another site is refused (`origin`).

Whoever scans the code on a letter finds that letter's login filled in, whoever is signed in on this
telephone: it may be a sister's. The code's address ends in `#` and the login, which no browser
sends; one small script reads it (static/results/scanned.js), and all works without.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from credentials import sign_in as credentials_sign_in
from credentials.models import Credentials
from results.candidate_site import session
from results.candidate_site.forms import FROM_ANOTHER_SITE, SignInForm
from results.candidate_site.origin import from_another_site
from results.candidate_site.page import page_for
from results.candidate_site.session import Visit


class SeeOther(HttpResponseRedirect):
    status_code = 303


@login_not_required
@csrf_exempt
@sensitive_post_parameters("username", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, the same bytes for everybody; and posted, the way in.

    Whoever is signed in is led on to the results, but not from `?log-in`: there another logs in.
    """
    if request.method == "POST":
        return _log_in(request)
    if "log-in" not in request.GET and _holder(request):
        return _personal(SeeOther(reverse("results:mine")))
    response = HttpResponse(_form(signed_out="signed-out" in request.GET, **_fixed()))
    response.headers["Cache-Control"] = "public, max-age=60"
    patch_vary_headers(response, ["Cookie"])
    return response


@login_not_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The candidate's own results, or when they will be released."""
    visit = Visit.read(request)
    credentials = visit.holder() if visit else None
    if visit is None or credentials is None:
        return _signed_out(request)
    page = page_for(credentials.candidate, credentials.contact)
    if page.shows_a_grade and visit.last_seen is None:
        credentials_sign_in.note_results_seen(credentials)
        visit = visit.seen_before(credentials.results_seen_at)
    response = _page("results/mine.html", candidate=credentials.candidate, page=page)
    visit.keep(response)
    return _personal(response)


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # an address typed in, or kept from the last visit
        return _personal(SeeOther(reverse("results:sign_in")))
    if from_another_site(request):
        return _refused()
    visit = Visit.read(request)
    if visit:
        visit.end()
    return _signed_out(request)


def _holder(request: HttpRequest) -> Credentials | None:
    visit = Visit.read(request)
    return visit.holder() if visit else None


def _log_in(request: HttpRequest) -> HttpResponse:
    if from_another_site(request):
        return _refused()
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _again(form)
    credentials = credentials_sign_in.sign_in(**form.cleaned_data)
    if credentials is None:
        form.refuse()
        return _again(form)
    credentials_sign_in.note_first_sign_in(credentials)
    response = SeeOther(reverse("results:mine"))
    Visit.of(credentials).keep(response)
    return _personal(response)


def _signed_out(request: HttpRequest) -> HttpResponse:
    """Back to the form. Whoever was signed in is told that it is over, and never why."""
    if not session.begun(request):
        return _personal(SeeOther(reverse("results:sign_in")))
    response = SeeOther(reverse("results:sign_in", query={"signed-out": ""}))
    session.forget(response)
    return _personal(response)


def _again(form: SignInForm) -> HttpResponse:
    return _personal(_page("results/sign_in.html", form=form))


def _refused() -> HttpResponse:
    page = _page("results/sign_in.html", problem=FROM_ANOTHER_SITE)
    page.status_code = 403
    return _personal(page)


@cache
def _form(**context: Any) -> bytes:
    """The form as everybody gets it, made once: whoever waits for the release costs almost nothing."""
    return render_to_string("results/sign_in.html", {"form": SignInForm(), **context}).encode()


def _page(template: str, **context: Any) -> HttpResponse:
    # Without the request: no context processor runs, so nothing of a visitor slips into a page.
    return HttpResponse(render_to_string(template, {"form": SignInForm(), **_fixed(), **context}))


def _fixed() -> dict[str, Any]:
    return {"BOARD_NAME": settings.BOARD_NAME, "CODE_SIGNS_IN": settings.CODE_SIGNS_IN}


def _personal(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
