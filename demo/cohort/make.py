"""A made-up cohort of any size: centres, candidates, entries with results, and a live login for all.

All of it or nothing, a batch of candidates at a time, so that memory does not grow with the cohort.
Candidates are spread evenly over centres, and results over candidates.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from django.db import reset_queries, transaction

from centres import audit
from centres.models import Candidate, Centre, Entry, Series
from credentials.logins.secret import Secret
from credentials.models import Credentials
from demo.cohort import bulk_insert
from demo.cohort.candidates import Batch, Cohort
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from demo.people import SUBJECTS, people_at
from loading.engine.loader import batches
from results.models import Result

BATCH = 5_000
FIRST, LAST = 10_000, 99_999  # centre numbers


class CannotMake(ValueError):
    """Such a cohort cannot be; the message says why."""


@dataclass(frozen=True)
class Size:
    """How large a cohort is. Every main centre has so many Associate Centres, the last one fewer."""

    centres: int
    candidates: int
    results: int
    associates: int

    def check(self) -> None:
        """Raise CannotMake for a size that no cohort can have."""
        if min(self.centres, self.candidates) < 1 or self.associates < 0:
            raise CannotMake("A cohort has at least one centre and one candidate.")
        if self.candidates > 9_999 * self.centres:
            raise CannotMake("A centre has at most 9,999 candidates. Make more centres.")
        if not self.candidates <= self.results <= len(SUBJECTS) * self.candidates:
            raise CannotMake(f"A candidate has 1 to {len(SUBJECTS)} results.")


def share(total: int, among: int, at: int) -> int:
    """How much of the total the one at this place has, when it is spread evenly."""
    return (at + 1) * total // among - at * total // among


def make(
    size: Size,
    *,
    by: str,
    released_at: dt.datetime | None = None,
    after_batch: Callable[[list[Secret]], object] = lambda logins: None,
) -> None:
    """Make the cohort. `after_batch` gets the logins of each batch, in the order of the candidates.

    Raises CannotMake for a size that cannot be.
    """
    size.check()
    with transaction.atomic():
        bulk_insert.check_at_once()
        series = make_series(released_at)
        sizes = {
            centre: share(size.candidates, size.centres, at)
            for at, centre in enumerate(_centres(series, size))
        }
        cohort = Cohort(series, sizes, make_syllabuses())
        everybody = people_at((centre.number, many) for centre, many in sizes.items())
        dice, done = random.Random(6), 0  # noqa: S311 # nosec B311 # nothing secret: the same grades every time
        for some in batches(everybody, BATCH):
            entered = [share(size.results, size.candidates, done + at) for at in range(len(some))]
            after_batch(Batch(cohort, some, entered, dice).store())
            done += len(some)
            reset_queries()  # with DEBUG, Django would keep every query in memory
        made = {"centres": size.centres, "candidates": size.candidates, "results": size.results}
        audit.record("loaded", by=by, series=series, subject="a made-up cohort", new=made)
    bulk_insert.fsync(Centre, Candidate, Entry, Result, Credentials)


def _centres(series: Series, size: Size) -> list[Centre]:
    """All centres, each main centre followed by its Associate Centres."""
    first = _first_number()
    if first + size.centres - 1 > LAST:
        raise CannotMake(f"Centre numbers end at {LAST}; {LAST + 1 - first} are left.")
    centres: list[Centre] = []
    while left := size.centres - len(centres):
        associates = min(left - 1, size.associates)
        centres += make_centres(series, first=first + len(centres), associates=associates)
    return centres


def _first_number() -> int:
    """The first of the numbers that no centre has, nor any behind it."""
    numbers = Centre.objects.filter(number__regex=r"^[1-9][0-9]{4}$").order_by("-number")
    last = numbers.values_list("number", flat=True).first()
    return int(last) + 1 if last else FIRST
