"""Access is lost at once, in the transaction that takes it away (rules 9 and 22).

What may take access from candidates – *Edit status*, Subcentre Management, a load – ends with
`access_changed`, inside its transaction. `settings.WHEN_ACCESS_CHANGES` names what follows: logins end.
Where nothing ends them, no access is taken away either. What a change of terms would do is counted before.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from centres.models import Centre, Series
from centres.terms import Terms
from core.ask_pages import fingerprint

T = TypeVar("T")


class NobodyEndsLogins(RuntimeError):
    """Nothing has looked which logins end by this."""


@dataclass(frozen=True)
class AtStake:
    """What becomes of candidates when terms of centres change. Centre's primary key -> how many of its
    logins end, and how many of its letters are current and will be outdated; no centre with none.

    `unnamed`: numbers of centres whose candidates have somebody to ask, and will have nobody."""

    logins: Mapping[int, int] = field(default_factory=dict)
    outdated: Mapping[int, int] = field(default_factory=dict)
    unnamed: Collection[str] = ()


@dataclass
class AccessChange:
    """Where access may have changed, and what was done because of it. Without series or centres it
    may be any; `detached`: primary keys of centres that have lost their main centre, or have another.

    `ended`: centre number -> how many logins ended for want of access; `of_former_holders`: how many,
    as their numbers were given to somebody else; `logins`: primary keys of all of them, None until
    somebody has looked. `outdated` tells how many letters are outdated now; `at_stake`, where only
    terms have changed, what of letters.

    `unnamed`: numbers of centres whose candidates had somebody to ask, and have nobody any more.
    """

    by: AbstractUser | str
    series: Series | None = None
    centres: QuerySet[Centre] | None = None
    detached: Collection[int] = ()
    ended: dict[str, int] = field(default_factory=dict)
    of_former_holders: int = 0
    logins: list[str] | None = None
    outdated: Callable[[], int] = int
    at_stake: Callable[[], AtStake] = AtStake
    unnamed: Collection[str] = ()

    @property
    def asks(self) -> bool:
        """Whether it takes something from candidates, so that whoever does it is asked first."""
        return bool(self.ended or self.unnamed)

    @property
    def counted(self) -> str:
        """What an ask page tells (`core.ask_pages`)."""
        return fingerprint(sorted(self.logins or ()), sorted(self.unnamed))


def access_changed(
    *,
    by: AbstractUser | str,
    series: Series | None = None,
    centres: QuerySet[Centre] | None = None,
    detached: Collection[int] = (),
) -> AccessChange:
    """Call it last, inside the transaction. Name the series and centres, where known, to look at no
    others. Raises NobodyEndsLogins."""
    change = AccessChange(by, series, centres, detached)
    for path in settings.WHEN_ACCESS_CHANGES:
        import_string(path)(change)
    if change.logins is None:
        raise NobodyEndsLogins
    return change


def at_stake(series: Series, before: Mapping[int, Terms], after: Mapping[int, Terms]) -> AtStake:
    """What becomes of logins and letters as these centres' terms become others: as
    `settings.WHEN_TERMS_CHANGE` counts them. Nothing is done."""
    counted: AtStake = import_string(settings.WHEN_TERMS_CHANGE)(series, before, after)
    return counted


def rolled_back(act: Callable[[], T]) -> T:
    """What the act would do. Nothing is changed by asking: it is really done, and rolled back. What it
    raises is raised."""
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer
