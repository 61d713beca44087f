"""Live logins of candidates with access now (rule 9), each from one row: credentials, candidate, centre, contact.

Objects that Django would fetch one by one are read here from the columns of a single prepared query.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, OuterRef, QuerySet

from centres.models import Candidate, Centre, Series
from centres.status import with_access
from centres.terms import CONTACT, contact_in, contact_of
from credentials.models import Credentials

MODELS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "": (
        Credentials,
        (
            "id",
            "candidate_id",
            "issue_number",
            "first_signed_in_at",
            "results_first_seen_at",
            "results_seen_at",
            "syllabuses_seen",
            "visits_ended",
        ),
    ),
    "candidate__": (
        Candidate,
        ("id", "series_id", "centre_id", "number", "name", "date_of_birth", "uci"),
    ),
    "candidate__centre__": (Centre, ("id", "number", "name", "time_zone")),
    "candidate__series__": (Series, ("id", "year", "month")),
}
COLUMNS = [prefix + name for prefix, (_, names) in MODELS.items() for name in names]
WITH_CONTACT = [*COLUMNS, CONTACT]


def admitted() -> QuerySet[Credentials]:
    """Live logins of candidates who have access at this very moment (rule 9)."""
    rows = with_access(Credentials.objects.live(), "candidate__")
    return rows.filter(has_access=True).order_by()


def with_contact(rows: QuerySet[Credentials]) -> QuerySet[Credentials]:
    """The same, each row telling whom its holder asks."""
    return rows.annotate(**contact_of(OuterRef("candidate__centre"), OuterRef("candidate__series")))


def live_login_in(row: Mapping[str, Any]) -> Credentials:
    """The credentials in a row with COLUMNS; with `contact`, where it is one of WITH_CONTACT."""
    made: dict[str, Any] = {
        prefix: model.from_db("default", names, [row[prefix + name] for name in names])
        for prefix, (model, names) in MODELS.items()
    }
    candidate = made[""].candidate = made["candidate__"]
    candidate.centre, candidate.series = made["candidate__centre__"], made["candidate__series__"]
    if CONTACT in row:
        made[""].contact = contact_in(row)
    return made[""]
