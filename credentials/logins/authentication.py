"""Authentication of candidates: live credentials, and access at this very moment (rules 9, 16).

The row is found by the digest of username and password together, in one query whatever was typed,
among the live ones only: a wrong password, an unknown username, nonsense and a login that has ended
are the same miss of the same index. It is looked for under every pepper there is: how much is done
follows from their number alone.

Nobody is told that a login is wrong because of a pepper: after a miss it is asked whether ours are the
site's, whatever was typed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import (
    BinaryField,
    DateTimeField,
    Exists,
    F,
    PositiveIntegerField,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Coalesce, Concat, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from core import key_fingerprints
from core.encryption import WrongKey
from core.prepared_queries import Parameter, Prepared, PreparedUpdate
from credentials.logins import secret
from credentials.logins.live_logins import (
    WITH_CONTACT,
    admitted,
    live_login_in,
    with_contact,
)
from credentials.logins.same_person import has_other_series
from credentials.models import Credentials


def sign_in(username: str, password: str) -> Credentials | None:
    """The credentials that what was typed opens; nonsense misses like a wrong password."""
    return opened_by(secret.read(username, password) or secret.make())


def opened_by(login: secret.Secret) -> Credentials | None:
    """The credentials that this login opens (one query), as far as a visit's cookie names them; or None
    (one query more). Raises WrongKey."""
    digests = secret.digests(login)
    values = {f"digest_{place}": digest for place, digest in enumerate(digests)}
    row = by_digest(len(digests)).first(**values)
    if row:
        return Credentials.from_db("default", OF_A_VISIT, [row[name] for name in OF_A_VISIT])
    if not key_fingerprints.fit("PEPPER_KEYS"):
        raise WrongKey
    return None


def still_signed_in(
    credentials_id: UUID, issue_number: int, visits_ended: int
) -> Credentials | None:
    """The same checks at each request of somebody signed in: shut out at once (one query).

    `contact` is whom the holder asks today; `has_other_series`, whether it is worth asking for some.
    """
    row = STILL_SIGNED_IN.first(pk=credentials_id, issue=issue_number, ended=visits_ended)
    return holder_in(row) if row else None


def holder_in(row: Mapping[str, Any]) -> Credentials:
    """Whoever is signed in, from a row of STILL_SIGNED_IN."""
    holder = live_login_in(row)
    holder.has_other_series = row["others"]
    return holder


def note_page_seen(credentials: Credentials, at: dt.datetime | None = None) -> None:
    """Keep when this login was first used; later visits write nothing."""
    if credentials.first_signed_in_at is None:
        PAGE_SEEN.run(pk=credentials.pk, at=at or timezone.now())


def note_results_seen(
    credentials: Credentials, codes: Iterable[str], at: dt.datetime | None = None
) -> None:
    """The same, and when its holder first saw a result, and when last; and of which syllabuses. To be
    asked once a visit, and when another syllabus has come."""
    added = "".join(f",{code}" for code in not_seen_yet(credentials, codes))
    RESULTS_SEEN.run(pk=credentials.pk, at=at or timezone.now(), codes=added)


def not_seen_yet(credentials: Credentials, codes: Iterable[str]) -> list[str]:
    """Those of these syllabuses that this login has not shown yet."""
    return [code for code in codes if f",{code}" not in credentials.syllabuses_seen]


def was_seen(candidate: Any, code: Any) -> Exists:
    """Whether a candidate has seen a result of this syllabus, with whatever login; as an annotation."""
    logins = Credentials.objects.filter(candidate=candidate)
    return Exists(
        logins.filter(GreaterThan(StrIndex("syllabuses_seen", Concat(Value(","), code)), Value(0)))
    )


def end_visits(credentials_id: UUID, issue_number: int, visits_ended: int) -> None:
    """Sign the holder out wherever this login is signed in: no cookie of before opens anything."""
    VISITS_ENDED.run(pk=credentials_id, issue=issue_number, ended=visits_ended)


OF_A_VISIT = ("id", "candidate_id", "issue_number", "visits_ended")
PK, AT = Parameter("pk", UUIDField()), Parameter("at", DateTimeField())
ISSUE, ENDED = (Parameter(name, PositiveIntegerField()) for name in ("issue", "ended"))
BY_COOKIE = {"pk": PK, "issue_number": ISSUE, "visits_ended": ENDED}

PAGE_SEEN = PreparedUpdate(
    lambda: Credentials.objects.filter(pk=PK, first_signed_in_at=None), first_signed_in_at=AT
)
RESULTS_SEEN = PreparedUpdate(
    lambda: Credentials.objects.filter(pk=PK),
    first_signed_in_at=Coalesce("first_signed_in_at", AT),
    results_first_seen_at=Coalesce("results_first_seen_at", AT),
    results_seen_at=AT,
    syllabuses_seen=Concat("syllabuses_seen", Parameter("codes", TextField())),
)
VISITS_ENDED = PreparedUpdate(
    lambda: Credentials.objects.filter(**BY_COOKIE), visits_ended=F("visits_ended") + 1
)


@cache
def by_digest(many: int) -> Prepared:
    """The query for the login that has one of `many` digests."""
    digests = [Parameter(f"digest_{place}", BinaryField()) for place in range(many)]
    return Prepared(lambda: admitted().filter(digest__in=digests).values(*OF_A_VISIT))


def _by_cookie() -> QuerySet:
    rows = with_contact(admitted().filter(**BY_COOKIE))
    rows = rows.annotate(others=has_other_series())
    return rows.values(*WITH_CONTACT, "others")


STILL_SIGNED_IN = Prepared(_by_cookie)
