"""The audit trail of one centre: newest first, by day in its own zone, and by the kind of what was done."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.core.paginator import Page, Paginator
from django.db.models import Count

from centres.models import AuditEvent, Centre

PAGE = 50


@dataclass(frozen=True)
class Kind:
    """What somebody looks for in the trail; `actions` as they begin, or whole."""

    slug: str
    label: str
    actions: tuple[str, ...]

    def holds(self, action: str) -> bool:
        return action.startswith(self.actions)


ALL = Kind("", "All", ("",))
KINDS = (
    ALL,
    Kind("settings", "Settings", ("status_edited", "groups_saved", "subcentres_saved")),
    Kind("letters", "Letters", ("credentials_", "letter_", "letters_", "not_seen_")),
    Kind("files", "Files", ("exchange_",)),
    Kind("results", "Results", ("results_", "changes_", "result_", "correction_", "hold_")),
    Kind(
        "people",
        "People",
        (
            "person_",
            "rights_changed",
            "suspension_lifted",
            "invited",
            "password_set",
            "second_factor_",
            "passkey_",
            "recovery_",
            "signed_out",
            "access_",
            "account_",
        ),
    ),
)


@dataclass(frozen=True)
class Trail:
    """A page of it: `days` are (day, its events), `counts` (kind, how many) of the whole."""

    page: Page
    shown: Kind
    counts: list[tuple[Kind, int]]
    days: list[tuple[dt.date, list[AuditEvent]]]


def trail_of(centre: Centre, *, kind: str | None, page: str | None) -> Trail:
    """In two queries, however long it is."""
    events = AuditEvent.objects.filter(centre=centre.number)
    many = dict(events.order_by().values_list("action").annotate(Count("pk")))
    counts = [(one, sum(many[key] for key in many if one.holds(key))) for one in KINDS]
    shown = next((one for one in KINDS if one.slug == kind), ALL)
    if shown is not ALL:
        events = events.filter(action__in=[key for key in many if shown.holds(key)])
    pages = Paginator(events, PAGE)
    pages.count = dict(counts)[shown]
    one = pages.get_page(page)
    return Trail(one, shown, counts, by_day(one.object_list, centre))


def by_day(events: Iterable[AuditEvent], centre: Centre) -> list[tuple[dt.date, list[AuditEvent]]]:
    """Of events newest first: each day of this centre's zone with those of it."""
    dated = ((event.at.astimezone(centre.zone).date(), event) for event in events)
    return [
        (day, [event for _, event in found]) for day, found in groupby(dated, key=itemgetter(0))
    ]
