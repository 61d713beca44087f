"""The moments at which results changed, in the order of their commits: they tell what somebody has not seen
yet; a clock never does (rule 21).

A correction, a load or a hold's end locks the last moment of the series until it commits. Its own moment
is later by a microsecond at least. So nothing with an earlier moment than the last one read is still to
come, however long a load takes to commit, and whatever the clock of its machine says.
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
