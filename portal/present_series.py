"""The present series of *Administer exams*: the one whose release is nearest ahead, else the last of sixty days.

While none is, it is the series in which credentials can be created and nothing is released yet. Its tabs, its
broadsheet and its candidates are one click away, for the first of somebody's centres that is in it.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from centres.access import ActingFor, associates_of, series_for, viewing_for
from centres.models import Centre, Series
from centres.workspace import Tab, tabs_for

LATELY = dt.timedelta(days=60)


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
    series = _present(chosen.prefetch_related("releases"), at)
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


def _present(chosen: Iterable[Series], at: dt.datetime) -> Series | None:
    released = [
        (release.candidates_at, series) for series in chosen for release in series.releases.all()
    ]
    ahead = [(moment, series) for moment, series in released if moment > at]
    lately = [(moment, series) for moment, series in released if at - LATELY < moment <= at]
    if ahead:
        return min(ahead, key=lambda one: one[0])[1]
    if lately:
        return max(lately, key=lambda one: one[0])[1]
    opened = (one for one in chosen if not one.releases.all() and one.credentials_open(at))
    return next(opened, None)
