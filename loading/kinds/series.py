"""series.csv: a row per series and qualification, which says when its results are released
(rule 19) and from which day the series' credentials can be created (rule 3).

It may say as well from when staff with the right see them in confidence; empty, nobody does.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from centres.models import Release, Series
from centres.release_moments import another_hour
from core.in_words import in_words
from loading.engine.cells import date, instant, instant_if_any, legible, text
from loading.engine.cells import series as series_name
from loading.engine.loader import Cells, Kind
from loading.engine.report import Outcome, Report, Row, Warned
from loading.engine.upsert import Key, Said, Upsert, together
from loading.kinds.lookups import add_no_qualification, qualifications


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    series: tuple[int, int]
    credentials_from: dt.date
    qualification: str
    release: dict[str, dt.datetime | None]


class AllSeries(Upsert[Series]):
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


class Releases(Upsert[Release]):
    model = Release
    called = "release"
    columns = {"candidates_at": "release_at", "staff_at": "staff_release_at"}

    def find(self, keys: Collection[Key]) -> dict[Key, Release]:
        found = Release.objects.filter(series__in={series for series, _ in keys})
        return {(release.series_id, release.qualification_id): release for release in found}

    def make(self, said: Said) -> Release:
        series, qualification = said.key
        return Release(series_id=series, qualification_id=qualification, **said.values)


class SeriesFile(Kind):
    name = "series"
    columns = ("series", "credentials_from", "qualification", "release_at")
    optional = ("staff_release_at",)
    identity = ("series", "qualification")

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.series = AllSeries(report, self.claims)
        self.releases = Releases(report, self.claims)

    def read(self, cells: Cells) -> Item:
        release: dict[str, dt.datetime | None] = {
            "candidates_at": cells.read("release_at", instant)
        }
        if "staff_release_at" in cells.row.cells:
            release["staff_at"] = cells.read("staff_release_at", instant_if_any)
        return Item(
            cells.row,
            cells.read("series", series_name),
            cells.read("credentials_from", date),
            cells.read("qualification", text(100)),
            release,
        )

    def save(self, items: list[Item]) -> None:
        known = qualifications()
        for item in items:
            if item.qualification not in known:
                add_no_qualification(self.report, item.row, item.qualification, known)
        items = [item for item in items if item.qualification in known]
        series = self.series.store(
            Said(item.row, item.series, {"credentials_from": item.credentials_from})
            for item in items
        )
        said = [
            Said(
                item.row,
                (self.series.rows[item.series].pk, known[item.qualification]),
                item.release,
            )
            for item in items
            if item.row in series
        ]
        said = self._staff_before_candidates(said)
        releases = self.releases.store(said)
        for one in said:
            if releases.get(one.row, Outcome.UNCHANGED) is not Outcome.UNCHANGED:
                self._look_at_hour(one)
        self.counts.update(together(series[row], own) for row, own in releases.items())

    def _look_at_hour(self, one: Said) -> None:
        at = one.values["candidates_at"]
        if usual := another_hour(at):
            which = f"{one.row.cells['qualification']}, {one.row.cells['series']}"
            sentence = f"{legible(which, 100)}: candidates from {in_words(at)}. {usual}"
            self.report.warn(Warned.ANOTHER_HOUR, one.row.place, sentence)

    def _staff_before_candidates(self, said: list[Said]) -> list[Said]:
        """Without those, reported, by which staff would see results later than candidates."""
        there = self.releases.find({one.key for one in said})
        right = []
        for one in said:
            stored = getattr(there.get(one.key), "staff_at", None)
            staff_at = one.values.get("staff_at", stored)
            if staff_at and staff_at > one.values["candidates_at"]:
                column = "staff_release_at" if "staff_at" in one.values else "release_at"
                reason = "Staff would see these results at {}, after the candidates."
                self.report.add(one.row, column, reason, in_words(staff_at))
            else:
                right.append(one)
        return right
