"""Who may sign in: whoever holds live credentials and has access at this very moment (rules 9, 16).

The row is found by the digest of username and password together, in one query whatever was typed:
a wrong password, an unknown username and nonsense are the same miss of the same index. Only when a
pepper came at that very moment, and may have been laid over the row, is there a second look.
"""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from centres.status import with_access
from credentials import secret
from credentials.models import Credentials


def sign_in(username: str, password: str, *, at: dt.datetime | None = None) -> Credentials | None:
    """The credentials that this login opens, or None (always one query).

    `at` is the moment of the attempt; nothing about a login depends on it today.
    """
    login = (
        secret.read(username, password) or secret.make()
    )  # nonsense misses like a wrong password
    while True:
        peppers = list(settings.PEPPER_KEYS)
        found = _admitted().filter(digest__in=secret.digests(login)).first()
        if found or peppers == list(settings.PEPPER_KEYS):
            return found


def still_signed_in(credentials_id: UUID, issue_number: int) -> Credentials | None:
    """The same checks at each request of somebody signed in: shut out at once (one query)."""
    return _admitted().filter(pk=credentials_id, issue_number=issue_number).first()


def note_first_sign_in(credentials: Credentials, at: dt.datetime | None = None) -> None:
    """Keep when this login was first used; later visits write nothing."""
    _note("first_signed_in_at", credentials, at)


def note_results_seen(credentials: Credentials, at: dt.datetime | None = None) -> None:
    """Keep when its holder first saw a result; later visits write nothing."""
    _note("results_first_seen_at", credentials, at)


def _admitted():
    """Live credentials whose candidate has access, with all that the candidate's page needs."""
    rows = Credentials.objects.live().select_related(
        "candidate", "candidate__centre", "candidate__series"
    )
    return with_access(rows, "candidate__").filter(has_access=True).order_by()


def _note(field: str, credentials: Credentials, at: dt.datetime | None) -> None:
    if getattr(credentials, field) is not None:
        return
    at = at or timezone.now()
    if Credentials.objects.filter(pk=credentials.pk, **{field: None}).update(**{field: at}):
        setattr(credentials, field, at)
