"""The waiting page, for those who come when more come than can be served, or while the database is away.

Who that is, the proxy in front decides (deploy/haproxy). The page comes back by itself; after a login it holds what
was typed, so that nothing is lost, and a small script presses the button (static/candidate_site/come_back.js). People
come back soon, and not all together.
"""

from random import randint

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from candidate_site.language import in_its_language
from candidate_site.views import answer
from core.http import from_another_site

SOONEST, LATEST = 5, 20  # seconds


@login_not_required
@csrf_exempt
@sensitive_post_parameters("username", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def waiting(request: HttpRequest, *, busy: bool = True) -> HttpResponse:
    """*Please wait a moment*; posted a login, with that login. What another site sends is not kept.
    `busy`: whether too many have come."""
    keeps = request.method == "POST" and not from_another_site(request)
    typed = request.POST if keeps and "username" in request.POST else None
    soon = str(randint(SOONEST, LATEST))  # noqa: S311 # nosec B311 # nothing secret
    told = {"busy": busy, "typed": typed, "soonest": SOONEST, "latest": LATEST}
    response = answer(request, "waiting", status=503, **told)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = soon
    if not typed:
        response.headers["Refresh"] = soon  # where something is typed, it would be lost
    return response


def away(request: HttpRequest) -> HttpResponse:
    """The same while the database cannot be reached, or a key is not the site's."""
    return waiting(request, busy=False)
