"""The plan of a batch: what *Create credentials* at many Associate Centres would do, counted (rule 15)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet

from centres.models import Centre, Series
from centres.terms import terms_for_all
from centres.unprintable import Unprintable
from core.ask_pages import fingerprint
from core.pdf.coverage import missing_in
from credentials.letters.counts import with_facts
from credentials.letters.eligibility import NO_ACCESS, NO_ENTRY, blockers
from credentials.letters.outdated import outdated_among
from credentials.models import LetterBatch

Which = LetterBatch.Which


@dataclass
class CentrePlan:
    """What would happen at one centre. `chosen`: who would get a letter -> the login that would end
    by it, or None, by primary keys; `unprintable`: who would but for their name; `wanted`: both, in order
    of candidate number; `impossible`: reason -> how many of those asked for can have none."""

    centre: Centre
    blocker: str | None
    chosen: dict[int, int | None] = field(default_factory=dict)
    unprintable: list[Unprintable] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    outdated: int = 0
    impossible: dict[str, int] = field(default_factory=dict)

    @property
    def new(self) -> int:
        return len(self.chosen) - self.replaced

    @property
    def replaced(self) -> int:
        return sum(login is not None for login in self.chosen.values())

    def leave_out(self, reason: str) -> None:
        self.impossible[reason] = self.impossible.get(reason, 0) + 1


@dataclass(frozen=True)
class PlanOfMany:
    """What creating credentials would do at each of these centres, in order of their numbers."""

    which: str
    centres: list[CentrePlan]

    @property
    def asked(self) -> list[Centre]:
        return [one.centre for one in self.centres]

    @cached_property
    def made(self) -> list[CentrePlan]:
        """The centres that would have a letter file."""
        return [one for one in self.centres if one.chosen and not one.blocker]

    @cached_property
    def left_out(self) -> list[CentrePlan]:
        """The centres at which something stands in the way."""
        return [one for one in self.centres if one.blocker]

    @cached_property
    def without(self) -> list[CentrePlan]:
        """The centres that have nobody to make a letter for."""
        return [one for one in self.centres if not one.chosen and not one.blocker]

    @cached_property
    def with_unprintable(self) -> list[CentrePlan]:
        return [one for one in self.centres if one.unprintable]

    @property
    def new(self) -> int:
        return sum(one.new for one in self.made)

    @property
    def replaced(self) -> int:
        return sum(one.replaced for one in self.made)

    @property
    def outdated(self) -> int:
        return sum(one.outdated for one in self.made)

    @property
    def count(self) -> int:
        return self.new + self.replaced

    @property
    def counted(self) -> str:
        """Who would get a letter, and which login would end by it, at each centre."""
        return fingerprint([(one.centre.pk, list(one.chosen.items())) for one in self.made])


def plan_many(
    *,
    main: Centre,
    series: Series,
    numbers: Collection[str],
    which: str,
    at: dt.datetime | None = None,
) -> PlanOfMany:
    """What would happen now at these centres. Those not attached to the main centre are left out
    (a constant number of queries)."""
    centres = attached(main, numbers)
    terms = terms_for_all(centres, series)
    in_the_way = blockers(centres, series, terms, at=at)
    plans = {one.pk: CentrePlan(one, in_the_way[one.pk]) for one in centres.order_by("number")}
    outdated = set() if which == Which.NEW else outdated_among(centres, series)
    candidates = with_facts(centres, series, terms).order_by("centre", "number")
    if which == Which.NEW:
        candidates = candidates.filter(has_login=False)
    for pk, centre, number, name, access, entry, login in candidates.values_list(
        "pk", "centre_id", "number", "name", "has_access", "has_entry", "working__pk"
    ):
        if which == Which.OUTDATED and pk not in outdated:
            continue
        planned = plans[centre]
        if not access:
            planned.leave_out(NO_ACCESS)
        elif not entry:
            planned.leave_out(NO_ENTRY)
        elif missing := missing_in(name):
            planned.wanted.append(pk)
            planned.unprintable.append(Unprintable(number, name, missing))
        else:
            planned.wanted.append(pk)
            planned.chosen[pk] = login
            planned.outdated += pk in outdated
    return PlanOfMany(which, list(plans.values()))


def attached(main: Centre, numbers: Collection[str]) -> QuerySet[Centre]:
    """Those of these centres that are attached to it at this moment."""
    return Centre.objects.filter(main_link__main=main, number__in=numbers)
