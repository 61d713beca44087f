"""The present series: the one whose release is nearest ahead, else the last released within sixty days.

While none is, it is the series in which credentials can be created and nothing is released yet. *Administer exams*
and *View entries and results* open it.
"""

import datetime as dt
from collections.abc import Iterable

from centres.models import Series

LATELY = dt.timedelta(days=60)


def present_of(chosen: Iterable[Series], at: dt.datetime) -> Series | None:
    """The present one of these series, whose releases have been fetched."""
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
