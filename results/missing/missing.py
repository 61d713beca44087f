"""Missing results: which valid entries have none, before a release and after it, by syllabus and by centre.

The board is told what is not stored. Staff of a centre are told of how many entries nothing can be shown,
be it missing or held: nothing tells the two apart (rule 19). Before a release they are told no more than
how many of a syllabus; from then on their lists say which, as “Not available yet”.

Counted from AHEAD before a release is seen by anybody: until then all is missing, and that is no news.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from centres.models import Entry, EntryQuerySet, Release, Series
from core import csv_files
from core.in_words import in_words
from results.holds import are_held
from results.staff_release import NOT_STORED

AHEAD = dt.timedelta(days=14)
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


def not_shown(series: Series) -> Q:
    """Of which entries of a series nothing can be shown to a centre."""
    return NOT_STORED | are_held(series)


def releases_at_hand(at: dt.datetime, *, series: Series | None = None) -> QuerySet[Release]:
    """Those of a series of which it is counted what is missing; of all series, until letters of the last
    of them are kept no longer."""
    seen_from = Coalesce("staff_at", "candidates_at")
    found = Release.objects.annotate(seen_from=seen_from).filter(seen_from__lte=at + AHEAD)
    if series:
        return found.filter(series=series)
    return found.filter(candidates_at__gt=at - settings.LETTER_RETENTION)


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


def counted(entries: EntryQuerySet, missing: Q, **by: F) -> QuerySet[Any]:
    """`entries` and `missing` of each syllabus or centre that lacks a result, of these valid entries (one
    query)."""
    return (
        entries.valid()
        .order_by()
        .values(**by)
        .annotate(entries=Count("pk"), missing=Count("pk", filter=missing))
        .filter(missing__gt=0)
        .order_by(*by)
    )


def in_releases(entries: EntryQuerySet, releases: Iterable[Release]) -> EntryQuerySet:
    """Those of the entries, all of one series, that belong to these releases."""
    return entries.filter(syllabus__qualification__in={one.qualification_id for one in releases})


def file_of(
    entries: EntryQuerySet,
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
