"""When results changed, in the order in which it was committed: by that it is told what somebody has not
seen yet, and never by a clock (rule 21).

Whoever corrects, loads or lets go takes the moment of it with the series' last one locked until the
commit, and later than that by a microsecond at least. So whoever reads the last moment knows that nothing
with an earlier one is still to come, however long a load took to commit, and whatever the clock of its
machine says.
"""

import datetime as dt

from centres.models import Series
from core import gate_clock
from results.models import LastChange

NEXT = dt.timedelta(microseconds=1)
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def next_of(series: int, *, at: dt.datetime | None = None) -> dt.datetime:
    """The moment of a change in this series (its primary key), or this one for several series, inside the
    transaction that makes it and as late in it as can be: others who change results of the series wait."""
    locked = LastChange.objects.select_for_update(no_key=True).filter(series_id=series)
    last = locked.first()
    if last is None:  # the first of the series: of two who make the row, the second waits
        LastChange.objects.bulk_create(
            [LastChange(series_id=series, at=NEVER)], ignore_conflicts=True
        )
        last = locked.get()
    moment = at or max(gate_clock.now(), last.at + NEXT)
    if last.at < moment:
        last.at = moment
        last.save(update_fields=["at"])
    return moment


def last_of(series: Series) -> dt.datetime | None:
    """Read it before the changes that are shown: what comes between is then shown again, and not missed."""
    return LastChange.objects.filter(series=series).values_list("at", flat=True).first()
