"""The call list: whom to call, as their time has come and they have not seen their results (rule 19). It is printed
by centre, SHEET candidates to a sheet, and is a CSV.

The CSV names candidates, so whoever downloads it is recorded, at each centre that it names somebody of, before
the first line goes out. It holds no login and no grade. It is read and given some hundred at a time: a main
centre has a hundred thousand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from accounts.models import User
from centres import audit
from centres.models import AuditEvent, Candidate, Centre, Series
from core import csv_files
from results_day.counts import Row

HEADS = ["Centre", "Centre name", "Number", "Name", "Group", "Letter made", "Login tried"]
YES = {True: "yes", False: "no"}
AT_ONCE = 500  # on a page
SHEET = 25  # to a sheet of paper, each with room to write in


@dataclass(frozen=True)
class OfCentre:
    """Those of one centre that a page lists, and how the whole centre is on the day."""

    row: Row
    sheets: list[list[Candidate]]


def by_centre(candidates: Iterable[Candidate], rows: Iterable[Row]) -> list[OfCentre]:
    """Candidates in order of centre, as they stand on sheets: none holds those of two centres."""
    of = {row.centre.pk: row for row in rows}
    return [
        OfCentre(of[pk], _sheets(list(those)))
        for pk, those in groupby(candidates, lambda one: one.centre_id)
        if pk in of  # access that was given meanwhile is listed the next time
    ]


def _sheets(candidates: list[Candidate]) -> list[list[Candidate]]:
    return [candidates[at : at + SHEET] for at in range(0, len(candidates), SHEET)]


def download(*, candidates: QuerySet, series: Series, by: User) -> Iterator[bytes]:
    """The list (`results_day.counts.to_call`), in pieces, when it is recorded that it was downloaded."""
    of = candidates.order_by().values("centre").distinct()
    AuditEvent.objects.bulk_create(
        audit.event("not_seen_downloaded", by=by, centre=centre, series=series)
        for centre in Centre.objects.filter(pk__in=of).order_by("number")
    )
    rows = (
        [
            one.centre.number,
            one.centre.name,
            one.number,
            one.name,
            one.group,
            YES[one.has_login],
            YES[one.tried],
        ]
        for one in candidates.iterator(chunk_size=csv_files.AT_ONCE)
    )
    return csv_files.pieces(rows, heads=HEADS)
