"""series.csv: a row per series and qualification, which says when its results are released
(rule 19) and from which day the series' credentials can be created (rule 3)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from centres.loading.kind import Cells, Kind
from centres.loading.references import no_qualification, qualifications
from centres.loading.report import Report, Row
from centres.loading.storing import Key, Said, Storing, together
from centres.loading.values import date, instant, text
from centres.loading.values import series as series_name
from centres.models import Release, Series


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    series: tuple[int, int]
    credentials_from: dt.date
    qualification: str
    release_at: dt.datetime


class AllSeries(Storing[Series]):
    model = Series
    called = "series"
    columns = {"credentials_from": "credentials_from"}
    shared = True

    def find(self, keys: Collection[Key]) -> dict[Key, Series]:
        found = Series.objects.filter(year__in={year for year, _ in keys})
        return {(series.year, series.month): series for series in found}

    def make(self, said: Said) -> Series:
        year, month = said.key
        return Series(year=year, month=month, **said.values)


class Releases(Storing[Release]):
    model = Release
    called = "release"
    columns = {"candidates_at": "release_at"}

    def find(self, keys: Collection[Key]) -> dict[Key, Release]:
        found = Release.objects.filter(series__in={series for series, _ in keys})
        return {(release.series_id, release.qualification_id): release for release in found}

    def make(self, said: Said) -> Release:
        series, qualification = said.key
        return Release(series_id=series, qualification_id=qualification, **said.values)


class SeriesFile(Kind):
    name = "series"
    columns = ("series", "credentials_from", "qualification", "release_at")

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.series = AllSeries(report, self.claims)
        self.releases = Releases(report, self.claims)

    def read(self, cells: Cells) -> Item:
        return Item(
            cells.row,
            cells.take("series", series_name),
            cells.take("credentials_from", date),
            cells.take("qualification", text(100)),
            cells.take("release_at", instant),
        )

    def save(self, items: list[Item]) -> None:
        known = qualifications()
        for item in items:
            if item.qualification not in known:
                reason = no_qualification(item.qualification, known)
                self.report.add(item.row, "qualification", reason)
        items = [item for item in items if item.qualification in known]
        series = self.series.store(
            Said(item.row, item.series, {"credentials_from": item.credentials_from})
            for item in items
        )
        releases = self.releases.store(
            Said(
                item.row,
                (self.series.rows[item.series].pk, known[item.qualification]),
                {"candidates_at": item.release_at},
            )
            for item in items
            if item.row in series
        )
        self.counts.update(together(series[row], own) for row, own in releases.items())
