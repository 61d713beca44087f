"""The present series (`centres.present_series`) on *Administer exams*: its tabs, its broadsheet and its candidates are
one click away, for the first of somebody's centres that is in it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from centres.access import ActingFor, associates_of, series_for, viewing_for
from centres.models import Centre
from centres.present_series import present_of
from centres.workspace import Tab, tabs_for


@dataclass(frozen=True)
class PresentSeries:
    """`opens`: the tab at which it opens, with its address; `tabs`: the others. `associates`: how many Associate
    Centres there are."""

    acting: ActingFor
    associates: int
    opens: tuple[Tab, str]
    tabs: list[tuple[Tab, str]]


def present_series(
    user: User, homes: Collection[Centre], *, at: dt.datetime | None = None
) -> PresentSeries | None:
    """Nine queries, however many series and centres there are, and three for each centre that is not in it."""
    at = at or timezone.now()
    chosen = series_for(Centre.objects.filter(pk__in=[home.pk for home in homes]))
    series = present_of(chosen.prefetch_related("releases"), at)
    if series is None:
        return None
    home = next(
        home
        for home in homes
        if series_for(Centre.objects.filter(pk=home.pk)).filter(pk=series.pk).exists()
    )
    acting = viewing_for(user, series.slug, home.number)
    associates = associates_of(home).count()
    first, *others = tabs_for(acting, is_main=bool(associates))
    return PresentSeries(acting, associates, first, others)
