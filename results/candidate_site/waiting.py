"""The waiting page: what is said to those who come when more come than can be served.

Who that is, the portal decides. The page looks again by itself; after a login it holds what was
typed, so that nothing is lost, and a small script presses the button (static/results/waiting.js).
"""

from random import randint

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from results.candidate_site.origin import from_another_site

SOONEST, LATEST = 5, 20  # seconds, at random, so that not all come back together


def come_back_after() -> int:
    return randint(SOONEST, LATEST)  # noqa: S311  # nothing secret


@login_not_required
@csrf_exempt
@sensitive_post_parameters("username", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HttpRequest) -> HttpResponse:
    """*Please wait a moment*; posted a login, with that login. What another site sends is not kept."""
    keeps = request.method == "POST" and not from_another_site(request)
    context = {
        "BOARD_NAME": settings.BOARD_NAME,
        "typed": request.POST if keeps else None,
        "soonest": SOONEST,
        "latest": LATEST,
    }
    response = HttpResponse(render_to_string("results/waiting.html", context), status=503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = soon = str(come_back_after())
    if not keeps:
        response.headers["Refresh"] = soon  # where there is something typed, it would be lost
    return response
