"""Who may sign in: whoever holds live credentials and has access at this very moment (rules 9, 16).

The row is found by the digest of username and password together, in one query whatever was typed,
among the live ones only: a wrong password, an unknown username, nonsense and a login that has ended
are the same miss of the same index. Only when a pepper came at that very moment, and may have been
laid over the row, is there a second look.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import (
    BinaryField,
    DateTimeField,
    F,
    Model,
    OuterRef,
    PositiveIntegerField,
    QuerySet,
    UUIDField,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres.models import Candidate, Centre, Series
from centres.prepared import Parameter, Prepared, PreparedUpdate
from centres.status import with_access
from centres.terms import CONTACT, contact_in, contact_of
from credentials import secret
from credentials.models import Credentials

HOLDER: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "": (
        Credentials,
        (
            "id",
            "candidate_id",
            "issue_number",
            "first_signed_in_at",
            "results_first_seen_at",
            "results_seen_at",
            "visits_ended",
        ),
    ),
    "candidate__": (Candidate, ("id", "series_id", "centre_id", "number", "name")),
    "candidate__centre__": (Centre, ("id", "number", "name", "time_zone")),
    "candidate__series__": (Series, ("id", "year", "month")),
}


def sign_in(username: str, password: str) -> Credentials | None:
    """The credentials that this login opens, or None (always one query)."""
    login = (
        secret.read(username, password) or secret.make()
    )  # nonsense misses like a wrong password
    while True:
        peppers = list(settings.PEPPER_KEYS)
        digests = secret.digests(login)
        values = {f"digest_{place}": digest for place, digest in enumerate(digests)}
        row = by_digest(len(digests)).first(**values)
        if row or peppers == list(settings.PEPPER_KEYS):
            return _holder(row) if row else None


def still_signed_in(
    credentials_id: UUID, issue_number: int, visits_ended: int
) -> Credentials | None:
    """The same checks at each request of somebody signed in: shut out at once (one query).

    `contact` is whom the holder asks today.
    """
    row = STILL_SIGNED_IN.first(pk=credentials_id, issue=issue_number, ended=visits_ended)
    if row is None:
        return None
    holder = _holder(row)
    holder.contact = contact_in(row)
    return holder


def note_first_sign_in(credentials: Credentials, at: dt.datetime | None = None) -> None:
    """Keep when this login was first used; later visits write nothing."""
    if credentials.first_signed_in_at is None:
        FIRST_SIGN_IN.run(pk=credentials.pk, at=at or timezone.now())


def note_results_seen(credentials: Credentials, at: dt.datetime | None = None) -> None:
    """Keep when its holder first saw a result, and when last."""
    RESULTS_SEEN.run(pk=credentials.pk, at=at or timezone.now())


def end_visits(credentials_id: UUID, issue_number: int, visits_ended: int) -> None:
    """Sign the holder out wherever this login is signed in: no cookie of before opens anything."""
    VISITS_ENDED.run(pk=credentials_id, issue=issue_number, ended=visits_ended)


PK, AT = Parameter("pk", UUIDField()), Parameter("at", DateTimeField())
ISSUE, ENDED = (Parameter(name, PositiveIntegerField()) for name in ("issue", "ended"))
BY_COOKIE = {"pk": PK, "issue_number": ISSUE, "visits_ended": ENDED}

FIRST_SIGN_IN = PreparedUpdate(
    lambda: Credentials.objects.filter(pk=PK, first_signed_in_at=None), first_signed_in_at=AT
)
RESULTS_SEEN = PreparedUpdate(
    lambda: Credentials.objects.filter(pk=PK),
    results_first_seen_at=Coalesce("results_first_seen_at", AT),
    results_seen_at=AT,
)
VISITS_ENDED = PreparedUpdate(
    lambda: Credentials.objects.filter(**BY_COOKIE), visits_ended=F("visits_ended") + 1
)


def _admitted() -> QuerySet[Credentials]:
    rows = with_access(Credentials.objects.live(), "candidate__")
    return rows.filter(has_access=True).order_by()


@cache
def by_digest(many: int) -> Prepared:
    """Whoever has one of so many digests."""
    digests = [Parameter(f"digest_{place}", BinaryField()) for place in range(many)]
    return Prepared(lambda: _admitted().filter(digest__in=digests).values(*_columns()))


def _by_cookie() -> QuerySet:
    contact = contact_of(OuterRef("candidate__centre"), OuterRef("candidate__series"))
    return _admitted().filter(**BY_COOKIE).annotate(**contact).values(*_columns(), *CONTACT)


STILL_SIGNED_IN = Prepared(_by_cookie)


def _columns() -> list[str]:
    return [prefix + name for prefix, (_, names) in HOLDER.items() for name in names]


def _holder(row: Mapping[str, Any]) -> Credentials:
    """The credentials, their candidate, centre and series, of a row with those columns."""
    made: dict[str, Any] = {
        prefix: model.from_db("default", names, [row[prefix + name] for name in names])
        for prefix, (model, names) in HOLDER.items()
    }
    candidate = made[""].candidate = made["candidate__"]
    candidate.centre, candidate.series = made["candidate__centre__"], made["candidate__series__"]
    return made[""]
