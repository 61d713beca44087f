"""Four eyes: whether two accounts of the board are two people, so that nobody confirms their own proposal.

Whoever makes an account, gives it rights or a link, or takes its factors away, could sign in with it. So it
counts for such an act only when nobody else has done anything of the kind for SETTLED: time enough for
those concerned, who are told of it, to object. What opens nothing, such as another name or e-mail address,
does not count: no link is ever mailed to somebody of the board.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import AccountEvent, User
from core.dates import utc

SETTLED = dt.timedelta(days=7)
OPENING = [
    "invited",
    "recovery_started",
    "second_factor_removed",
    "operator_made",
    "account_reopened",
    "board_added",  # until accounts had a page of their own, the board's admin made them
]
RIGHTS = ["is_active", "is_staff", "is_superuser"]  # and it gave these


class Settling(NamedTuple):
    """Somebody else, `by`, has opened this account lately; from `until` it counts as another person's."""

    username: str
    by: str
    until: dt.datetime


def settling(usernames: Iterable[str], at: dt.datetime | None = None) -> dict[str, Settling]:
    """Those of these accounts that somebody else has opened lately."""
    at = at or timezone.now()
    opened = _opened(at - dt.timedelta(minutes=1)).filter(account__username__in=list(usernames))
    newest_last = opened.exclude(by=F("account__username")).order_by("at")
    pairs = newest_last.values_list("account__username", "by", "at")
    found = {name: Settling(name, by, _settled(when)) for name, by, when in pairs}
    return {name: one for name, one in found.items() if one.until > at}


def can_be_finished_by(username: str, begun_by: Iterable[str]) -> set[str]:
    """Those of these accounts of which this one can finish what they began."""
    others = set(begun_by) - {username}
    if not others:
        return set()
    found = settling([username, *others])
    return set() if username in found else others - found.keys()


def why_not(first: str, second: str, *, own: str, at: dt.datetime | None = None) -> str:
    """Why this second account cannot finish what the first began (`own`: because it is the same), and who
    can, and from when; "" where it can."""
    if first == second:
        return f"{own} {who_can(first, at)}"
    found = settling([first, second], at)
    if not found:
        return ""
    last = max(found.values(), key=lambda one: one.until)
    return (
        f"{last.by} made or opened the account {last.username} less than seven days ago. So that nobody "
        f"does alone what takes two people, that account cannot be one of them yet. {who_can(first, at)}"
    )


def who_can(first: str, at: dt.datetime | None = None) -> str:
    """Who can finish what this account began, and from when."""
    others = [one.username for one in operators() if one.username != first]
    if not others:
        return (
            "Nobody else is of the board. Somebody with access to the server can make another account: manage.py "
            "createsuperuser."
        )
    found = settling([first, *others], at)
    words = []
    for name in others:
        until = [found[one].until for one in (first, name) if one in found]
        words.append(f"{name} from {utc(max(until))}" if until else f"{name} now")
    return f"Who can: {'; '.join(words)}."


def operators() -> list[User]:
    """The board's own people who can sign in."""
    found = User.objects.filter(is_active=True, is_staff=True, is_superuser=True)
    return [one for one in found.order_by("username") if one.has_usable_password()]


def operator(username: str) -> User | None:
    """The one of this username. On the server it is what somebody says of themselves (docs/operations.md)."""
    return next((one for one in operators() if one.username == username), None)


def possibly_same_person(username: str, *, but: str, at: dt.datetime | None = None) -> set[str]:
    """This account and each that lately opened it or was opened by it, and so on from these, among the
    staff of centres. What was done to `but`, or by it, does not count."""
    opened = _opened(at).order_by()
    opened = (
        opened.exclude(centre="").exclude(account__username=but).exclude(by=but)
    )  # the board's have none
    found: set[str] = set()
    new = {username}
    while new:
        found |= new
        either = Q(by__in=new) | Q(account__username__in=new)
        pairs = opened.filter(either).values_list("by", "account__username")
        new = {name for pair in pairs for name in pair} - found
    return found


def _settled(opened_at: dt.datetime) -> dt.datetime:
    """From which full minute on an account opened then counts."""
    return (opened_at + SETTLED + dt.timedelta(minutes=1)).replace(second=0, microsecond=0)


def _opened(at: dt.datetime | None) -> QuerySet[AccountEvent]:
    since = (at or timezone.now()) - SETTLED
    gave_rights = Q(kind="board_changed", new__has_any_keys=RIGHTS)
    return AccountEvent.objects.filter(Q(kind__in=OPENING) | gave_rights, at__gt=since)
