"""A search over the whole audit trail: by what it is about, person, action, centre, series, subject and days.

Newest first, a page at a time, each found by where the last one ended: however long the trail is, a page
costs the same. To download it is an act of its own in the trail.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from centres import audit
from centres.models import AuditEvent
from centres.models.audit import WORDS, spaced, words_for
from core import csv_files
from core.searching import finding

PAGE = 50
AT_ONCE = 2_000  # rows of the CSV that are fetched together
HEADS = ("when (UTC)", "who", "what", "centre", "series", "subject", "old", "new")

# What the trail is filtered by -> how the actions of it begin.
GROUPS = {
    "centres": ("Status and access", ("status_", "groups_", "subcentres_")),
    "letters": ("Letters", ("credentials_", "letter", "not_seen_")),
    "results": ("Results", ("result", "correction_", "changes_")),
    "releases": ("Releases and holds", ("release_", "hold_")),
    "loads": ("Loads", ("file_", "loaded", "numbers_")),
    "sealed": ("Sealed results", ("keyholder", "passphrase_", "sealed_", "ceremony_")),
    "people": (
        "People",
        (
            *(
                "person_",
                "rights_",
                "suspension_",
                "access_",
                "operator_",
                "account_",
                "invited",
                "erasure_",
            ),
            *("password_", "second_factor_", "passkey_", "recovery_", "signed_out"),
        ),
    ),
    "files": ("File Exchange", ("exchange_",)),
    "service": (
        "Service",
        ("keys_", "site_", "orphans_", "trail_", "board_", "restored_", "series_"),
    ),
}


def actions_of(group: str) -> list[str]:
    """Each action is in one of GROUPS."""
    return [action for action in WORDS if action.startswith(GROUPS[group][1])]


@dataclass(frozen=True)
class AuditSearch:
    """What is looked for; what is empty finds all. Days are UTC, the last one included."""

    group: str = ""
    by: str = ""
    action: str = ""
    centre: str = ""
    series: str = ""
    subject: str = ""
    from_day: dt.date | None = None
    to_day: dt.date | None = None

    @property
    def criteria(self) -> dict[str, Any]:
        return {
            one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name)
        }


@dataclass(frozen=True)
class Page:
    events: list[AuditEvent]
    older: int | None  # where the next page begins


def find(search: AuditSearch) -> QuerySet[AuditEvent]:
    """All that it finds, newest first."""
    found = AuditEvent.objects.order_by("-at", "-pk")
    if search.by:
        found = found.filter(by__iexact=search.by)
    if search.group:
        found = found.filter(action__in=actions_of(search.group))
    if search.action:
        found = found.filter(action=search.action)
    if search.centre:
        found = found.filter(centre=search.centre.upper())
    if search.series:
        found = found.filter(series=search.series)
    if search.subject:
        found = found.filter(finding(search.subject, "subject"))
    if search.from_day:
        found = found.filter(at__gte=_midnight(search.from_day))
    if search.to_day:
        found = found.filter(at__lte=dt.datetime.combine(search.to_day, dt.time.max, dt.UTC))
    return found


def page(search: AuditSearch, *, before: int | None = None) -> Page:
    """One page; `before` is the primary key of the last event of the page before (two queries)."""
    found = find(search)
    last = AuditEvent.objects.filter(pk=before).first() if before else None
    if last:
        found = found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    some = list(found[: PAGE + 1])
    return Page(some[:PAGE], some[PAGE - 1].pk if len(some) > PAGE else None)


def latest(many: int) -> list[AuditEvent]:
    """What was done last, whatever it is (one query)."""
    return list(find(AuditSearch())[:many])


def download(search: AuditSearch, *, by: User) -> Iterator[bytes]:
    """The CSV, in parts. That it was downloaded is recorded at once, before anything leaves."""
    with transaction.atomic():
        audit.record("trail_downloaded", by=by, subject="audit trail", new=search.criteria)
    return _csv(find(search))


def _csv(found: QuerySet[AuditEvent]) -> Iterator[bytes]:
    rows = (
        (
            f"{event.at:%Y-%m-%d %H:%M:%S}",
            event.by,
            event.words,
            event.centre,
            event.series,
            event.subject,
            _in_words(event.old),
            _in_words(event.new),
        )
        for event in found.iterator(chunk_size=AT_ONCE)
    )
    return csv_files.pieces(rows, heads=HEADS)


def _in_words(values: dict[str, Any]) -> str:
    return "; ".join(f"{spaced(name)}: {words_for(name, value)}" for name, value in values.items())


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
