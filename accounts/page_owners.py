"""Whose pages a browser has: a signed cookie names the tokens (CSRF) that it had while somebody was signed in, each
with the person.

So a post that comes when nobody is signed in any more, or from a page of before the last sign-in, which changes the
token, is known to come from a page of ours that this person got in this browser. No query, and no model: what stands
before every request asks it too.
"""

from copy import copy
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware, rotate_token

SALT = "whose pages"
MOST = 4  # tokens
# What whoever was signed out is told of a post that is not kept.
NOT_KEPT = "You were signed out before this was done. Log in, and do it again."
NO_FILE = " A file cannot be kept: you will have to choose it again."
LOGGED_OUT = "accounts.logged_out"  # in the request's environment


def forget(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Who logs out leaves pages behind that nobody can press as them."""
    rotate_token(request)
    request.META[LOGGED_OUT] = True


def note_token(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note whose pages have the token that this browser has from now on."""
    if LOGGED_OUT in request.META:
        response.delete_cookie(settings.PAGES_COOKIE, samesite="Lax")
    token = request.META.get("CSRF_COOKIE")
    if not token or not isinstance(response, HttpResponse) or not request.user.is_authenticated:
        return
    owners = owners_of(request)
    if owners.get(token) == str(request.user.pk):
        return
    owners = {
        **{one: whose for one, whose in owners.items() if one != token},
        token: str(request.user.pk),
    }
    response.set_cookie(
        settings.PAGES_COOKIE,
        signing.dumps(dict(list(owners.items())[-MOST:]), salt=SALT),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def owners_of(request: HttpRequest) -> dict[str, str]:
    """Token of this browser -> who was signed in while it had it; the newest last (no query)."""
    try:
        owners: dict[str, str] = signing.loads(
            request.COOKIES.get(settings.PAGES_COOKIE, ""), salt=SALT
        )
    except signing.BadSignature:
        return {}
    return owners


def whose(request: HttpRequest) -> str:
    """Who got the page from which this was posted; "" if nobody. Its token is judged here, for some pages
    (`csrf_exempt`) judge it later themselves."""
    token = request.META.get("CSRF_COOKIE", "")
    owner = owners_of(request).get(token, "")
    return owner if owner and _fits(request, token) else ""


def whose_older(request: HttpRequest) -> str:
    """The same, of a page from before the last sign-in in this browser; the token is judged here."""
    for token, owner in owners_of(request).items():
        if _fits(request, token):
            return owner
    return ""


class _Check(CsrfViewMiddleware):
    """Django's check, which tells instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def _fits(request: HttpRequest, token: str) -> bool:
    """Whether Django's check would let this post pass if the browser still had that token."""
    request.POST  # noqa: B018  # read once, for both
    trial = copy(request)
    trial.COOKIES = {**request.COOKIES, settings.CSRF_COOKIE_NAME: token}
    trial.META = {**request.META}
    check = _Check(lambda _: HttpResponse())
    check.process_request(trial)
    return check.process_view(trial, lambda _: HttpResponse(), (), {}) is None
