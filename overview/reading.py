"""What is read of a series for somebody who acts there: counts of candidates and letters, never a grade (rule 13).

At a main centre that is its own candidates and all of its Associate Centres; while somebody acts for one
of these, or is on its staff, that centre alone. Counts come from `needs_of`, which keeps them until they change.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from centres.access import ActingFor
from centres.models import Centre, Entry, Qualification, Series, SubcentreDefaults
from core.dates import HasZone
from credentials.associates.needs import CentreNeeds, needs_of
from credentials.letters.kept_counts import FEW, until_a_load

RESULTS_DAY = dt.timedelta(
    days=1
)  # after results can be seen, candidates who have not looked come first


@dataclass(frozen=True)
class Reading:
    """`own`: the centre itself; `attached`: a main centre's Associate Centres. `visible_from`: qualification that is
    entered -> the first instant at which candidates of any of them can see it. `decided`: Subcentre
    Management was saved, so that whoever has no access is meant to have none."""

    acting: ActingFor
    at: dt.datetime
    own: CentreNeeds
    attached: tuple[CentreNeeds, ...]
    visible_from: Mapping[str, dt.datetime]
    decided: bool
    beside: tuple[
        CentreNeeds, ...
    ] = ()  # all of the main centre's, where somebody acts for one of them

    @cached_property
    def entered(self) -> list[CentreNeeds]:
        """Of the Associate Centres, those with an entry: the others need nothing."""
        return [row for row in self.attached if row.letters.entered]

    @cached_property
    def given(self) -> list[CentreNeeds]:
        """All with an entry and access, the centre itself among them."""
        rows = [self.own, *self.attached]
        return [row for row in rows if row.letters.entered and row.terms.access]

    @property
    def is_main(self) -> bool:
        return bool(self.attached)

    @property
    def settles_access(self) -> bool:
        """Whether this person may change what a main centre decides for the centre (rule 7)."""
        return self.acting.acts_for_associate or self.acting.main is None

    @property
    def ahead(self) -> bool:
        """Not all can be seen yet. Who gave nobody access until then does not mean to."""
        return not self.visible_from or max(self.visible_from.values()) > self.at

    @property
    def first_release(self) -> dt.datetime | None:
        """The next instant at which something can be seen."""
        return min((one for one in self.visible_from.values() if one > self.at), default=None)

    @property
    def is_results_day(self) -> bool:
        lately = self.at - RESULTS_DAY
        return any(lately < one <= self.at for one in self.visible_from.values())

    def days_until(self, instant: dt.datetime) -> int:
        """By the calendar of the centre."""
        clock = self.acting.centre
        return (_day(instant, clock) - _day(self.at, clock)).days


def reading_of(
    acting: ActingFor, *, beside: bool = False, at: dt.datetime | None = None
) -> Reading:
    """Ten queries where few centres are attached, at most thirteen where many are, however many candidates."""
    at = at or timezone.now()
    series, alone = acting.series, acting.acts_for_associate
    centre = Centre.objects.filter(pk=acting.centre.pk)
    attached = Centre.objects.filter(main_link__main=acting.home)
    together = centre | attached if beside or not alone else centre
    rows = needs_of(together, series, at=at)
    own = next(row for row in rows if row.centre == acting.centre)
    others = tuple(row for row in rows if row is not own)
    seen = [own] if alone else rows
    entered = partial(_entered, centre if alone else centre | attached, series)
    if len(seen) > FEW:
        entered = partial(
            until_a_load, "entered", [(row.centre.pk, series.pk) for row in seen], entered
        )
    saved = SubcentreDefaults.objects.filter(main=acting.centre, series=series, version__gt=0)
    return Reading(
        acting=acting,
        at=at,
        own=own,
        attached=() if alone else others,
        visible_from=_first_seen(seen, entered()),
        decided=bool(others) and not alone and saved.exists(),
        beside=others if alone else (),
    )


def _entered(centres: QuerySet[Centre], series: Series) -> list[str]:
    """The qualifications for which somebody is entered there."""
    entered = Entry.objects.valid().filter(
        candidate__series=series,
        candidate__centre__in=centres.order_by().values("pk"),
        syllabus__qualification=OuterRef("pk"),
    )
    return list(Qualification.objects.filter(Exists(entered)).values_list("name", flat=True))


def _first_seen(rows: list[CentreNeeds], entered: list[str]) -> dict[str, dt.datetime]:
    given = [row for row in rows if row.letters.entered and row.terms.access] or rows
    first: dict[str, dt.datetime] = {}
    for row in given:
        for name, at in row.terms.visible_from.items():
            if name in entered:
                first[name] = min(at, first.get(name, at))
    return first


def _day(at: dt.datetime, clock: HasZone) -> dt.date:
    return at.astimezone(clock.zone).date()
