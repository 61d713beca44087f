"""Sign-ins of the last hour on results day, minute by minute, and how they are drawn.

Of a visit nothing is written but when a login was first used, when it first and last showed a result,
and that it was ended (`credentials.logins.authentication`); nothing more is written for this page. So each
login counts once, in the minute of the later of the two; with a letter made since, a candidate's two logins
are two.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Coalesce, TruncMinute
from django.utils import timezone

from centres.models import Centre, Series
from core.dates import HasZone
from credentials.models import Credentials

MINUTE = dt.timedelta(minutes=1)
MINUTES = 60
HOUR = MINUTE * MINUTES
TALLEST = 80  # the busiest minute, in the drawing's units


@dataclass(frozen=True)
class Bar:
    """One minute. `clock` is its time at the centre; `x` a share of the drawing's width, at which words about
    it begin or, in the right half, end (`anchor`, as SVG calls it)."""

    clock: str
    count: int
    x: str
    anchor: str
    y: int
    height: int
    labelled: bool


@dataclass(frozen=True)
class SignIns:
    """Sixty minutes, oldest first; the last is the one that runs. `opened`: the one in which results opened."""

    bars: list[Bar]
    opened: Bar | None = None

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def last_five(self) -> int:
        return sum(bar.count for bar in self.bars[-5:])

    @property
    def busiest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.count)

    @property
    def fives(self) -> list[tuple[str, int]]:
        """(time, sign-ins in the five minutes from then), for those who cannot see the drawing."""
        return [
            (five[0].clock, sum(bar.count for bar in five))
            for five in (self.bars[at : at + 5] for at in range(0, MINUTES, 5))
        ]


def sign_ins_of(
    centres: Collection[Centre],
    series: Series,
    zone: HasZone,
    *,
    opened: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> SignIns:
    """The sign-ins at these centres, by the clock of `zone`; `opened` is when results could first be seen, to
    be marked (one query)."""
    last = (at or timezone.now()).astimezone(dt.UTC).replace(second=0, microsecond=0)
    minutes = [last - MINUTE * ago for ago in reversed(range(MINUTES))]
    counts = _counts(centres, series, minutes)
    most = max(counts.values(), default=0)
    bars = [_bar(place, at, counts[at], most, zone) for place, at in enumerate(minutes)]
    minute = opened and opened.astimezone(dt.UTC).replace(second=0, microsecond=0)
    return SignIns(bars, bars[minutes.index(minute)] if minute in minutes else None)


def _counts(
    centres: Collection[Centre], series: Series, minutes: list[dt.datetime]
) -> Counter[dt.datetime]:
    logins = (
        Credentials.objects.filter(candidate__centre__in=centres, candidate__series=series)
        .annotate(at=Coalesce("results_seen_at", "first_signed_in_at"))
        .filter(at__gte=minutes[0], at__lt=minutes[-1] + MINUTE)
        .annotate(minute=TruncMinute("at", tzinfo=dt.UTC))
    )
    return Counter(dict(logins.order_by().values_list("minute").annotate(Count("pk"))))


def _bar(place: int, at: dt.datetime, count: int, most: int, zone: HasZone) -> Bar:
    clock = at.astimezone(zone.zone)
    height = -(-TALLEST * count // most) if count else 0  # rounded up: one sign-in is seen
    return Bar(
        clock=f"{clock:%H:%M}",
        count=count,
        x=f"{place * 100 / MINUTES:.2f}%",
        anchor="start" if place < MINUTES / 2 else "end",
        y=TALLEST - height,
        height=height,
        labelled=clock.minute % 10 == 0,
    )
