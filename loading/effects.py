"""Effects of a file beyond its rows: what candidates see at once, which letters become outdated.

Counted inside the load's transaction, which a check rolls back.
"""

import datetime as dt
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from centres.models import Release, Series
from core.gate_clock import gate_time
from credentials.letters.counts import with_letters
from credentials.letters.outdated import count_outdated
from credentials.models import Credentials
from loading.kinds.centres import CentresFile
from loading.kinds.entries import EntriesFile
from loading.kinds.results import ResultsFile
from loading.models import LoadedFile
from results.models import Result, ResultChange

# Whose files change what letters print: times, candidates' names, centres' names.
PRINTED = (LoadedFile.SERIES, EntriesFile.name, CentresFile.name)


class Counting:
    """Made before the file is loaded; `found` is asked afterwards."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.last_result = self.last_change = 0
        self.outdated: dict[str, int] = {}
        if kind == ResultsFile.name:
            self.last_result = _last(Result)
            self.last_change = _last(ResultChange)
        elif kind in PRINTED:
            self.outdated = letters_outdated()

    def found(self, at: dt.datetime) -> dict[str, Any]:
        if self.kind == ResultsFile.name:
            return {"seen_at_once": self._seen_at_once(at)}
        if self.kind in PRINTED:
            now = letters_outdated()
            more = {name: count - self.outdated.get(name, 0) for name, count in now.items()}
            return {"outdated": {name: count for name, count in more.items() if count > 0}}
        return {}

    def _seen_at_once(self, at: dt.datetime) -> int:
        """New and corrected results of qualifications that are released by now."""
        added = _released(Result.objects.filter(pk__gt=self.last_result), "entry__", at)
        corrected = _released(
            ResultChange.objects.filter(pk__gt=self.last_change), "result__entry__", at
        )
        return added.count() + corrected.values("result").distinct().count()


def letters_outdated() -> dict[str, int]:
    """Series -> how many letters are outdated now, for each series with letters that work."""
    live = Credentials.objects.live().filter(candidate__series=OuterRef("pk"))
    return {
        str(series): sum(count_outdated(with_letters(series), series).values())
        for series in Series.objects.filter(Exists(live))
    }


def _released(rows: QuerySet, entry: str, at: dt.datetime) -> QuerySet:
    released = Release.objects.filter(
        series=OuterRef(f"{entry}candidate__series"),
        qualification=OuterRef(f"{entry}syllabus__qualification"),
        candidates_at__lte=gate_time(at),
    )
    return rows.filter(Exists(released)).order_by()


def _last(model: Any) -> int:
    return model.objects.aggregate(last=Max("pk"))["last"] or 0
