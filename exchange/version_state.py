"""The state of a version: whether it may be downloaded, and if not, why. Derived, never stored.

A file made elsewhere in Direct can become out of date by what happens later. A package that shares such
files here names a condition on a query of versions (`OuterRef("pk")` is the version) in
`settings.EXCHANGE_OUT_OF_DATE_CHECKS`; it is asked in the same query as all else.
"""

from enum import Enum

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string

from core.jobs import State as Job
from exchange.models import Download, Version

OUT_OF_DATE = (
    "What this file shows is no longer up to date, so it can no longer be downloaded. "
    "Create it again at “View entries and results”, and share that."
)


class State(Enum):
    """The words for it, and the kind of its tag."""

    HERE = "Available", "good"
    CHECKING = "Being checked", "info"
    HELD_UP = "Not checked yet", "warn"
    REFUSED = "Refused", "bad"
    OUT_OF_DATE = "Out of date", "warn"
    WITHDRAWN = "Withdrawn", "off"
    GONE = "Deleted", "off"

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def tag(self) -> str:
        return self.value[1]

    @property
    def passes(self) -> bool:
        """Whether it will be otherwise by itself, soon."""
        return self in (State.CHECKING, State.HELD_UP)

    @property
    def can_be_downloaded(self) -> bool:
        return self is State.HERE

    @property
    def can_be_withdrawn(self) -> bool:
        return self in (State.HERE, State.CHECKING, State.HELD_UP, State.OUT_OF_DATE)


def _out_of_date() -> Q:
    """Whether any of the checks says so."""
    condition = Q(Exists(Version.objects.none()))
    for check in settings.EXCHANGE_OUT_OF_DATE_CHECKS:
        condition |= Q(import_string(check)())
    return condition


def standing(versions: QuerySet[Version]) -> QuerySet[Version]:
    """With all that `state_of` asks of each (no further query)."""
    out_of_date = ExpressionWrapper(_out_of_date(), output_field=BooleanField())
    there = versions.select_related("stored", "inspection")
    return there.annotate(is_out_of_date=out_of_date)  # type: ignore[no-redef]


def state_of(version: Version) -> State:
    """Ask for one of `standing`."""
    if version.inspection.refused:
        return State.REFUSED
    if version.withdrawn_at:
        return State.WITHDRAWN
    if version.destroyed_at:
        return State.GONE
    if version.is_out_of_date:
        return State.OUT_OF_DATE
    if version.inspection.is_ready:
        return State.HERE
    return State.HELD_UP if version.inspection.has_failed else State.CHECKING


def _can_be_downloaded() -> Q:
    there = Q(
        inspection__state=Job.READY, inspection__refused="", withdrawn_at=None, destroyed_at=None
    )
    return there & ~_out_of_date()


def is_new_to(side: str) -> QuerySet[Version]:
    """The versions that are new to this side: uploaded by the other, to be downloaded, not superseded by
    one that can be, and not yet taken by anybody of this side."""
    newer = Version.objects.filter(
        _can_be_downloaded(), file=OuterRef("file"), number__gt=OuterRef("number")
    )
    downloaded = Download.objects.filter(version=OuterRef("pk"), side=side)
    there = Version.objects.filter(_can_be_downloaded()).exclude(side=side).order_by()
    return there.filter(~Exists(newer), ~Exists(downloaded))
