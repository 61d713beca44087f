"""Who is signed in on the candidate site: a signed cookie, checked at every request (rule 9).

Candidates are not users, and nothing is stored for their visit. The cookie names the credentials
and their issue number, no more; whether they still let their holder in is asked of the database
each time, so access that goes is gone at the next request.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from credentials.models import Credentials
from credentials.sign_in import still_signed_in

COOKIE = "candidate"
SALT = "results.candidate_site.session"


def begin(response: HttpResponse, credentials: Credentials) -> None:
    """Sign the holder of these credentials in, for `settings.CANDIDATE_SESSION`."""
    response.set_cookie(
        COOKIE,
        signing.dumps([str(credentials.pk), credentials.issue_number], salt=SALT),
        max_age=settings.CANDIDATE_SESSION,
        path=_path(),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def end(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=_path(), samesite="Lax")


def begun(request: HttpRequest) -> bool:
    """Whether this browser brings a cookie at all, good or not."""
    return COOKIE in request.COOKIES


def current(request: HttpRequest) -> Credentials | None:
    """The credentials of whoever is signed in and still has access; else None."""
    try:
        pk, issue_number = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.CANDIDATE_SESSION
        )
    except signing.BadSignature:
        return None
    return still_signed_in(UUID(pk), issue_number)


def _path() -> str:
    return reverse("results:sign_in")
