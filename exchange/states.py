"""How a version stands: whether it may be taken, and if not, why. Derived, never stored."""

from enum import Enum

from django.db.models import Exists, OuterRef, Q, QuerySet

from centres.work import State as Work
from exchange.models import Taking, Version


class State(Enum):
    """The words for it, and the class of its tag."""

    HERE = "Can be taken", "good"
    WAITING = "Being looked at", "warn"
    HELD_UP = "Waits for the scanner", "warn"
    REFUSED = "Refused", "bad"
    TAKEN_BACK = "Taken back", "off"
    GONE = "No longer kept", "off"

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def tag(self) -> str:
        return self.value[1]

    @property
    def passes(self) -> bool:
        """Whether it will be otherwise by itself, soon."""
        return self in (State.WAITING, State.HELD_UP)

    @property
    def can_be_taken(self) -> bool:
        return self is State.HERE

    @property
    def can_be_taken_back(self) -> bool:
        return self in (State.HERE, State.WAITING, State.HELD_UP)


def state_of(version: Version) -> State:
    """Ask with `look` fetched beside it."""
    if version.look.refused:
        return State.REFUSED
    if version.taken_back_at:
        return State.TAKEN_BACK
    if version.destroyed_at:
        return State.GONE
    if version.look.is_ready:
        return State.HERE
    return State.HELD_UP if version.look.has_failed else State.WAITING


CAN_BE_TAKEN = Q(look__state=Work.READY, look__refused="", taken_back_at=None, destroyed_at=None)


def is_new_to(side: str) -> QuerySet[Version]:
    """The versions that are new to this side: put there by the other, to be taken, not superseded by
    one that can be, and not yet taken by anybody of this side."""
    newer = Version.objects.filter(
        CAN_BE_TAKEN, file=OuterRef("file"), number__gt=OuterRef("number")
    )
    taken = Taking.objects.filter(version=OuterRef("pk"), side=side)
    there = Version.objects.filter(CAN_BE_TAKEN).exclude(side=side).order_by()
    return there.filter(~Exists(newer), ~Exists(taken))
