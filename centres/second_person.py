"""Whether two accounts of the board are two people: what takes two of them is not done by one with both.

Whoever makes an account, gives it rights or a link, or takes its factors away, could sign in with it. So it
counts for such an act only when nobody else has done anything of the kind for SETTLED: time enough for
those concerned, who are told of it, to object.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, Q
from django.utils import timezone

from centres.models import AuditEvent

SETTLED = dt.timedelta(days=7)
OPENING = [
    "invited",
    "recovery_started",
    "second_factor_removed",
    "board_added",
    "board_changed",
]


def opened_by_another(usernames: Iterable[str], at: dt.datetime | None = None) -> str:
    """Says which of these accounts somebody else has opened lately; "" when none."""
    since = (at or timezone.now()) - SETTLED
    found = AuditEvent.objects.filter(
        subject__in=list(usernames), action__in=OPENING, at__gt=since
    ).exclude(by=F("subject"))
    event = found.order_by("-at").first()
    if event is None:
        return ""
    return (
        f"{event.by} made or changed the account {event.subject} less than seven days ago. So that nobody "
        "does alone what takes two people, that account cannot be one of them yet."
    )


def perhaps_one_with(username: str, *, but: str, at: dt.datetime | None = None) -> set[str]:
    """Among the staff of centres: this account, and those that lately opened it or were opened by it, or
    by one of these, whatever was done to `but`."""
    since = (at or timezone.now()) - SETTLED
    opened = AuditEvent.objects.filter(action__in=OPENING, at__gt=since).order_by()
    opened = opened.exclude(centre="").exclude(subject=but).exclude(by=but)  # the board's have none
    found: set[str] = set()
    new = {username}
    while new:
        found |= new
        pairs = opened.filter(Q(by__in=new) | Q(subject__in=new)).values_list("by", "subject")
        new = {name for pair in pairs for name in pair} - found
    return found
