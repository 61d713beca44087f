"""The audit trail loses its people after LOG_RETENTION (rule 27): what was done stays, who it was does not.

In the place of a username, a person's name or any other text stands a pseudonym, the same for the same text
throughout a calendar year, so it can still be seen that one person did many things. It is made with a key of that
year, which is random and nowhere but in the database. When the last row of the year has lost its names the
key is thrown away. It is not kept, for whoever has it can try out every name they know; and not thrown away at
once, for the rows of a year grow old one by one, and the pseudonyms would differ from hour to hour.
"""

import datetime as dt
import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet

from centres.models import AuditEvent
from privacy import doors
from privacy.models import PseudonymKey

AT_ONCE = 500
# What writes by itself is nobody.
MACHINES = {
    *(
        "ends of life",
        "destroy_letters",
        "destroy_loaded_files",
        "retention",
        "checking",
        "orphans",
    ),
    *("command: load", "command: invite", "command: keys", "command: site", "command: make_cohort"),
}
THINGS = (
    "Letter file ",
    "qualification: ",
    "audit trail",
    "Site",
)  # how a subject begins that is nobody
# The fields whose text says no more than what was done.
PLAIN = {
    *(
        "status",
        "role",
        "delay",
        "access",
        "give_access",
        "use_defaults",
        "contact_choice",
        "which",
    ),
    *("candidates_at", "staff_at", "letter_language", "what", "format", "main_centre", "kind"),
}


def due(*, at: dt.datetime) -> int:
    """How many rows still name somebody whose time has passed."""
    before = at - settings.LOG_RETENTION
    up_to = dict(PseudonymKey.objects.values_list("year", "up_to"))
    return sum(_rows(year, up_to.get(year), before).count() for year in _years(before))


def batches(*, at: dt.datetime) -> Iterator[Counter[str]]:
    before = at - settings.LOG_RETENTION
    for year in _years(before):
        while many := _lose_names(year, before):
            yield Counter({"rows of the audit trail": many})


def _years(before: dt.datetime) -> Iterator[int]:
    """Those with rows that may be due."""
    first = AuditEvent.objects.aggregate(at=Min("at"))["at"]
    done = set(PseudonymKey.objects.filter(key=None).values_list("year", flat=True))
    if first:
        yield from (year for year in range(first.year, before.year + 1) if year not in done)


def _rows(year: int, up_to: dt.datetime | None, before: dt.datetime) -> QuerySet[AuditEvent]:
    begins, ends = (dt.datetime(one, 1, 1, tzinfo=dt.UTC) for one in (year, year + 1))
    of_year = AuditEvent.objects.filter(at__gte=begins, at__lt=min(ends, before))
    return (of_year.filter(at__gt=up_to) if up_to else of_year).order_by("at", "pk")


def _lose_names(year: int, before: dt.datetime) -> int:
    with transaction.atomic():
        PseudonymKey.objects.get_or_create(year=year)
        key = PseudonymKey.objects.select_for_update().get(year=year)
        left = _rows(year, key.up_to, before)
        last = list(left.values_list("at", flat=True)[:AT_ONCE])[-1:]
        rows = list(left.filter(at__lte=last[0])) if last and key.key is not None else []
        if rows and key.key is not None:
            for row in rows:
                strip(row, bytes(key.key))
            with doors.opened(before=before):
                AuditEvent.objects.bulk_update(rows, ["by", "subject", "old", "new"], AT_ONCE)
            key.up_to = last[0]
        elif before.year > year:
            key.key = None
        key.save(update_fields=["key", "up_to"])
        return len(rows)


def strip(row: AuditEvent, key: bytes) -> None:
    """In the place of who it was stand pseudonyms."""
    if row.by not in MACHINES:
        row.by = pseudonym(row.by, key)
    if not row.subject.startswith(THINGS):
        row.subject = pseudonym(row.subject, key)
    row.old, row.new = _without_names(row.old, key), _without_names(row.new, key)


def pseudonym(text: str, key: bytes) -> str:
    """“somebody-7f3a…”: 64 bits, enough that no two in a year are taken for one."""
    if not text:
        return ""
    return f"somebody-{hmac.digest(key, text.casefold().encode(), hashlib.sha256).hex()[:16]}"


def _without_names(value: Any, key: bytes) -> Any:
    if isinstance(value, dict):
        return {
            name: one if name in PLAIN else _without_names(one, key) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_without_names(one, key) for one in value]
    return pseudonym(value, key) if isinstance(value, str) else value


def acts_of(username: str) -> Iterator[dict[str, Any]]:
    """What somebody did, for that person to read: without whom they did it with."""
    for row in AuditEvent.objects.filter(by=username).order_by("at", "pk").iterator():
        yield {"what": row.words, "at": row.at, "centre": row.centre, "series": row.series}
