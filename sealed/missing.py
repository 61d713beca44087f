"""What is missing of a sealed series: what the manifests of its sealed files say, for nothing is stored yet (rule 28).

A result is not missing because it is sealed. An entry may be in two files, of which the later corrects the earlier;
so where files add to each other, at least so many are missing. A sealed series without a file is told as any other:
all of it is missing.
"""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

from django.db.models import Count, QuerySet

from centres.models import Entry, Series
from results.missing import missing
from results.missing.missing import SYLLABUS, OfRelease
from sealed.models import SealedFile


def of_releases(at: dt.datetime) -> list[OfRelease]:
    """As `results.missing` tells it of every release at hand, but for what is sealed."""
    found = missing.of_releases(at)
    sealed = {
        one.pk: told
        for one in {one.release.series for one in found}
        if (told := by_syllabus(one)) is not None
    }
    return [
        replace(one, missing=_of_qualification(sealed[series], one.release.qualification.name))
        if (series := one.release.series_id) in sealed
        else one
        for one in found
    ]


def by_syllabus(series: Series) -> list[dict[str, Any]] | None:
    """`entries` and `missing` of each syllabus that lacks a result; None where nothing is sealed (at most two
    queries)."""
    if not series.sealed:
        return None
    files = SealedFile.objects.to_open().filter(seal__series=series)
    manifests = list(files.values_list("manifest", flat=True))
    if not manifests:
        return None
    given = Counter[str]()
    for manifest in manifests:
        for code, told in manifest.get("syllabuses", {}).items():
            given[code] += told["with"]
    entered = Entry.objects.valid().filter(candidate__series=series).order_by().values(**SYLLABUS)
    rows: QuerySet[Any] = entered.annotate(entries=Count("pk")).order_by(*SYLLABUS)
    lacking = ({**row, "missing": row["entries"] - given[row["code"]]} for row in rows)
    return [row for row in lacking if row["missing"] > 0]


def _of_qualification(syllabuses: list[dict[str, Any]], name: str) -> int:
    return sum(row["missing"] for row in syllabuses if row["qualification"] == name)
