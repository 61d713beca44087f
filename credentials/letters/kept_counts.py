"""Counts of letters, kept: a main centre may have 110,000 candidates, and to count them takes about a second.

What was counted of a centre stands beside a mark of all that it follows from: its terms, what it confirmed at *Edit
status*, its letter files, and what of them was downloaded. A centre whose mark is another by now is counted anew, and
no other is. A load may change anything, so nothing that was counted before one holds (`forget`, inside its
transaction). `KEPT` limits what neither of the two would notice. Only counts are kept, and none of results.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, fields
from hashlib import sha256
from typing import TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from centres.access_changes import AccessChange
from centres.models import Centre, CentreArrangement, Series, SubcentreDefaults
from centres.terms import Terms
from credentials.letters.counts import Letters, letters_of
from credentials.models import LetterDownload, LetterFile

Found = TypeVar("Found")
KEPT = dt.timedelta(minutes=5)
FEW = 25  # centres, of which to count takes no longer than to look up
LOADS = "letters-counted-since"  # the last load, which is named anew by each
# Of a centre: the mark of what it followed from, when it was counted, and the counts in the order of Letters. Plain
# values, for what another version of the site has kept must be read, too.
Kept = tuple[str, dt.datetime, tuple[int, ...]]


def letters_lately(
    centres: QuerySet[Centre],
    series: Series,
    terms: Mapping[int, Terms],
    arrangements: Mapping[int, CentreArrangement],
    files: Mapping[int, Iterable[LetterFile]],
) -> dict[int, Letters]:
    """`letters_of` these centres (two or three queries of few centres; four of many, and three where some are counted
    anew, however many). The files are the centres' own, as they were before anything is counted."""
    if len(terms) <= FEW:
        return letters_of(centres, series, terms)
    key = _digest(series.pk, sorted(terms), [one.name for one in fields(Letters)])
    known = cache.get_many([key, LOADS])
    kept: dict[int, Kept] = known.get(key, {})
    downloads, saved = _downloads(centres, series), _saved(centres, series)
    marks = {
        pk: _digest(
            known.get(LOADS),
            saved,
            repr(of_centre),
            pk in arrangements and arrangements[pk].version,
            *((file.pk, file.state, file.done, downloads.get(file.pk)) for file in files[pk]),
        )
        for pk, of_centre in terms.items()
    }
    now = timezone.now()
    old = [
        pk
        for pk, mark in marks.items()
        if pk not in kept or kept[pk][0] != mark or not now - KEPT < kept[pk][1] <= now
    ]
    if old:
        counted = letters_of(
            Centre.objects.filter(pk__in=old), series, {pk: terms[pk] for pk in old}
        )
        kept = {**kept, **{pk: (marks[pk], now, astuple(counted[pk])) for pk in old}}
        cache.set(key, kept, timeout=KEPT.total_seconds())
    return {pk: Letters(*kept[pk][2]) for pk in terms}


def until_a_load(name: str, of: object, find: Callable[[], Found]) -> Found:
    """What was found lately under this name of the same, or else is found now; nothing that was found before a load
    holds (one query where it is kept)."""
    key = f"{name}-{_digest(of)}"
    known = cache.get_many([key, LOADS])
    mark = known.get(LOADS)
    if key in known and known[key][0] == mark:
        return known[key][1]
    found = find()
    cache.set(key, (mark, found), timeout=KEPT.total_seconds())
    return found


def forget(change: AccessChange) -> None:
    """After a load, which names neither series nor centres, nothing that was counted holds."""
    if change.series is None:
        cache.set(LOADS, str(uuid4()), timeout=2 * KEPT.total_seconds())


def _downloads(centres: QuerySet[Centre], series: Series) -> dict:
    """Letter file's primary key -> the last download of it."""
    rows = LetterDownload.objects.filter(
        letter_file__centre__in=centres, letter_file__series=series, whole=True
    )
    return dict(rows.order_by("pk").values_list("letter_file_id", "pk"))


def _saved(centres: QuerySet[Centre], series: Series) -> list[tuple[int, int]]:
    """How often Subcentre Management was saved: access that was taken away and given back is not what it was."""
    rows = SubcentreDefaults.objects.filter(
        series=series, main__subcentre_links__associate__in=centres
    )
    return sorted(set(rows.order_by().values_list("main_id", "version")))


def _digest(*what: object) -> str:
    return sha256(repr(what).encode()).hexdigest()[:32]
