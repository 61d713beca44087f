"""The same person's other series, which a candidate who is signed in sees too, with a live login in each.

Two candidates are the same person when the board gave both the same UCI, both the same date of birth,
and names that agree in a given name (rule 23): twins have one birthday, and a UCI that was typed in
wrongly somewhere must not open somebody else's results. Names are compared before anything is asked of
the other series; where two of one series might be it and do not agree with each other, neither is.
Access is asked of each series for itself.
"""

from django.db.models import CharField, DateField, Exists, F, OuterRef, QuerySet

from centres.models import Candidate
from centres.persons import are_one
from core.prepared_queries import Parameter, Prepared
from credentials.logins.live_logins import WITH_CONTACT, admitted, live_login_in, with_contact
from credentials.models import Credentials


def other_series(holder: Credentials) -> list[Credentials]:
    """Their live logins in other series, the newest series first, each with its contact (one query)."""
    candidate = holder.candidate
    rows = OTHERS.rows(uci=candidate.uci, born=candidate.date_of_birth)
    found = [live_login_in(row) for row in rows]
    mine = [
        one
        for one in found
        if one.candidate.series_id != candidate.series_id and are_one(candidate, one.candidate)
    ]
    return [one for one in mine if all(_are_one_in_a_series(one, other) for other in mine)]


def _are_one_in_a_series(one: Credentials, other: Credentials) -> bool:
    a, b = one.candidate, other.candidate
    return a.series_id != b.series_id or are_one(a, b)


def has_other_series() -> Exists:
    """Whether there may be any, for rows of credentials: so that most visits ask no further."""
    others = Candidate.objects.exclude(uci="").filter(
        uci=OuterRef("candidate__uci"), date_of_birth=OuterRef("candidate__date_of_birth")
    )
    return Exists(others.exclude(series=OuterRef("candidate__series")))


def _others() -> QuerySet:
    uci, born = Parameter("uci", CharField(max_length=13)), Parameter("born", DateField())
    rows = admitted().exclude(candidate__uci="")
    rows = rows.filter(candidate__uci=uci, candidate__date_of_birth=born)
    newest = F("candidate__series__year").desc(), F("candidate__series__month").desc()
    return with_contact(rows).order_by(*newest).values(*WITH_CONTACT)


OTHERS = Prepared(_others)
