"""The candidate's session: a signed cookie, checked at every request (rule 9).

Candidates are not users, and no row is stored for their visit. The cookie names the credentials,
their issue number and how many visits with them have been ended; whether they still let their holder
in is asked of the database each time, so access that goes is gone at the next request. Whoever logs
out ends every visit of this login: a copy of the cookie opens nothing any more. Without that a visit
ends after `settings.CANDIDATE_IDLE` without a page, and after `settings.CANDIDATE_SESSION` in any case.

What is personal has an address of its own in each visit, which nobody can guess and which opens
nothing without that visit's cookie. So even a cache that keeps what it must not keep holds nothing
that another candidate's browser would ever ask for.
"""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from candidate_site.cookie import said_by, signed
from candidate_site.language import address
from credentials.logins.authentication import end_visits, still_signed_in
from credentials.models import Credentials

PLACE = "place of a visit"


@dataclass(frozen=True)
class Visit:
    """What the cookie says. `last_seen` is when results were looked at before this visit, if ever;
    None until this visit has shown the page."""

    credentials_id: UUID
    issue_number: int
    visits_ended: int
    begun_at: float  # seconds since 1970, as a signature's own stamp
    last_seen: float | None = None

    @classmethod
    def of(cls, credentials: Credentials) -> Self:
        return cls(
            credentials.pk,
            credentials.issue_number,
            credentials.visits_ended,
            timezone.now().timestamp(),
        )

    @classmethod
    def read(cls, request: HttpRequest) -> Self | None:
        """The visit of this browser's cookie, while it may last."""
        try:
            pk, *others = said_by(request.COOKIES.get(settings.CANDIDATE_COOKIE, "")) or []
            visit = cls(UUID(str(pk)), *others)
        except (ValueError, TypeError):
            return None
        longest = settings.CANDIDATE_SESSION.total_seconds()
        return visit if timezone.now().timestamp() < visit.begun_at + longest else None

    def seen_before(self, at: dt.datetime | None) -> Self:
        """This visit, having shown the page, whose results were looked at before at that instant."""
        return replace(self, last_seen=at.timestamp() if at else 0)

    @cached_property
    def place(self) -> str:
        """What stands in this visit's own address."""
        visit = f"{self.credentials_id} {self.begun_at}"
        return salted_hmac(PLACE, visit, algorithm="sha256").hexdigest()[:32]

    def holder(self) -> Credentials | None:
        """The credentials of the candidate, if signed in and still with access; else None (one query)."""
        return still_signed_in(self.credentials_id, self.issue_number, self.visits_ended)

    def keep(self, response: HttpResponse) -> None:
        """Give the browser the cookie, good until `settings.CANDIDATE_IDLE` from now."""
        facts = [str(self.credentials_id), self.issue_number, self.visits_ended]
        response.set_cookie(
            settings.CANDIDATE_COOKIE,
            signed([*facts, self.begun_at, self.last_seen]),
            max_age=settings.CANDIDATE_IDLE,
            path=address("sign_in"),
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )

    def end(self) -> None:
        """End every visit of this login."""
        end_visits(self.credentials_id, self.issue_number, self.visits_ended)


def forget(response: HttpResponse) -> None:
    """Take the cookie from the browser."""
    response.delete_cookie(settings.CANDIDATE_COOKIE, path=address("sign_in"), samesite="Lax")


def begun(request: HttpRequest) -> bool:
    """Whether this browser brings a cookie at all, good or not."""
    return settings.CANDIDATE_COOKIE in request.COOKIES
