"""Missing results: which valid entries have none, before a release and after it, by syllabus and by centre.

The board is told what is not stored, from AHEAD before a release is seen by anybody: until then all is
missing, and that is no news.

Staff of a centre are told of how many entries nothing can be shown, be it missing or held: nothing tells the
two apart (rule 19). Counted is what their lists call “Not available yet”, and by the same gate
(`results.staff_release`): before somebody sees the outcomes of a release, a count would change with a hold.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from centres.models import Entry, Release, Series
from core import csv_files
from core.in_words import in_words
from results.staff_release import NOT_STORED, seen_by

AHEAD = dt.timedelta(days=14)
NOT_SHOWN = Q(grade__isnull=True)  # of what `open_to` gives
SYLLABUS = {
    "qualification": F("syllabus__qualification__name"),
    "code": F("syllabus__code"),
    "title": F("syllabus__title"),
}
CENTRE = {"centre": F("candidate__centre__number"), "name": F("candidate__centre__name")}
HEADS = (
    *("Series", "Centre", "Centre name", "Qualification", "Syllabus", "Title"),
    *("Release to candidates", "Valid entries"),
)


@dataclass(frozen=True)
class OfRelease:
    """A release, whether it has valid entries, and how many of them have no result."""

    release: Release
    has_entries: bool
    missing: int
    has_come: bool


def open_to(
    user: AbstractUser, entries: QuerySet[Entry], *, at: dt.datetime | None = None
) -> QuerySet[Entry]:
    """Those of the entries whose outcomes this person sees by now, with what the gate says of each."""
    return seen_by(user, entries, at=at).filter(seen_from__lte=F("gate_time"))


def releases_of(entries: QuerySet[Entry], series: Series) -> QuerySet[Release]:
    """The releases to which the entries, all of one series, belong."""
    among = entries.order_by().values("syllabus__qualification")
    found = Release.objects.filter(series=series, qualification__in=among)
    return found.select_related("qualification").order_by("qualification__name")


def releases_at_hand(at: dt.datetime) -> QuerySet[Release]:
    """Those of which the board is told, until letters of them are kept no longer."""
    seen_from = Coalesce("staff_at", "candidates_at")
    return Release.objects.annotate(seen_from=seen_from).filter(
        seen_from__lte=at + AHEAD, candidates_at__gt=at - settings.LETTER_RETENTION
    )


def of_releases(at: dt.datetime) -> list[OfRelease]:
    """What the board is told at once, the earliest release first (two queries; one where none is at
    hand)."""
    of_it = Entry.objects.valid().filter(
        candidate__series=OuterRef("series"), syllabus__qualification=OuterRef("qualification")
    )
    releases = list(
        releases_at_hand(at)
        .annotate(has_entries=Exists(of_it))
        .select_related("series", "qualification")
        .order_by("candidates_at", "qualification__name")
    )
    if not releases:
        return []
    counts: dict[tuple[int, int], int] = {
        (series, qualification): count
        for series, qualification, count in Entry.objects.valid()
        .filter(NOT_STORED, candidate__series__in={one.series_id for one in releases})
        .order_by()
        .values_list("candidate__series", "syllabus__qualification")
        .annotate(Count("pk"))
    }
    return [
        OfRelease(
            one,
            one.has_entries,
            counts.get((one.series_id, one.qualification_id), 0),
            one.candidates_at <= at,
        )
        for one in releases
    ]


def counted(entries: QuerySet[Entry], missing: Q, **by: F) -> QuerySet[Any]:
    """`entries` and `missing` of each syllabus or centre that lacks a result, of these valid entries (one
    query)."""
    return (
        entries.filter(withdrawn=False)
        .order_by()
        .values(**by)
        .annotate(entries=Count("pk"), missing=Count("pk", filter=missing))
        .filter(missing__gt=0)
        .order_by(*by)
    )


def file_of(
    entries: QuerySet[Entry],
    missing: Q,
    series: Series,
    releases: Collection[Release],
    *,
    head: str,
) -> Iterator[bytes]:
    """A CSV with a row for each syllabus at each centre that lacks a result. `head`: of what it counts."""
    released = {one.qualification.name: in_words(one.candidates_at) for one in releases}
    rows = (
        (
            *(
                str(series),
                row["centre"],
                row["name"],
                row["qualification"],
                row["code"],
                row["title"],
            ),
            *(released.get(row["qualification"], ""), row["entries"], row["missing"]),
        )
        for row in counted(entries, missing, **SYLLABUS, **CENTRE).iterator()
    )
    return csv_files.pieces(rows, heads=(*HEADS, head))
