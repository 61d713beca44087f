"""Whoever loses access loses it at once, in the transaction that takes it away (rules 9 and 22).

What may take access from candidates – *Edit status*, Subcentre Management, a load – ends with
`access_changed`, inside its transaction. One signal tells those who build on access, and they do what
follows: logins end. Nobody may be left out, so without a receiver the site does not start.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractUser
from django.core.checks import Error
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal

from centres.ask_pages import fingerprint
from centres.models import Centre, Series

T = TypeVar("T")
changed = Signal()


@dataclass
class AccessChange:
    """Where access may have changed, and what receivers did because of it. Without series or centres it
    may be any; `detached`: primary keys of centres that have lost their main centre, or have another."""

    by: AbstractUser | str
    series: Series | None = None
    centres: QuerySet[Centre] | None = None
    detached: Collection[int] = ()
    ended: dict[str, int] = field(
        default_factory=dict
    )  # centre number -> logins, for want of access
    of_former_holders: int = 0  # logins that ended as their numbers were given to somebody else
    logins: list[str] = field(default_factory=list)  # primary keys of all that ended
    outdated: Callable[[], int] = int  # how many letters are outdated now

    @property
    def counted(self) -> str:
        """What an ask page tells (`centres.ask_pages`)."""
        return fingerprint(sorted(self.logins))


def access_changed(
    *,
    by: AbstractUser | str,
    series: Series | None = None,
    centres: QuerySet[Centre] | None = None,
    detached: Collection[int] = (),
) -> AccessChange:
    """Call it last, inside the transaction. Name the series and centres, where known, to look at no
    others."""
    change = AccessChange(by, series, centres, detached)
    changed.send(sender=AccessChange, change=change)
    return change


def taken_back(act: Callable[[], T]) -> T:
    """What the act would do. Nothing is changed by asking: it is really done, and rolled back. What it
    raises is raised."""
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer


def check_receivers(**kwargs: Any) -> list[Error]:
    """A system check."""
    if changed.has_listeners(AccessChange):
        return []
    return [Error("Nobody ends the logins of those who lose access (rule 9).", id="centres.E001")]
