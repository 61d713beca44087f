"""entries.csv: the candidates of a centre in a series, and what each is entered for.

A candidate stands in a row for each entry; the rows must agree on who that is.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from centres.loading.kind import Cells, Kind
from centres.loading.references import (
    candidates_numbered,
    centres_numbered,
    no_centre,
    no_series,
    no_syllabus,
    series_named,
    syllabuses_coded,
)
from centres.loading.report import Report, Row
from centres.loading.storing import Key, Said, Storing, together
from centres.loading.uci import uci
from centres.loading.values import (
    candidate_number,
    centre_number,
    date_of_birth,
    one_of,
    option_code,
    series,
    syllabus_code,
    text,
)
from centres.models import Candidate, Entry


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    series: tuple[int, int]
    centre: str
    number: str
    name: str
    born: dt.date | None
    uci: str
    syllabus: str
    option_code: str
    withdrawn: bool


class Candidates(Storing[Candidate]):
    model = Candidate
    called = "candidate"
    columns = {"name": "candidate_name", "date_of_birth": "date_of_birth", "uci": "uci"}
    shared = True

    def find(self, keys: Collection[Key]) -> dict[Key, Candidate]:
        return {**candidates_numbered(keys)}

    def make(self, said: Said) -> Candidate:
        series, centre, number = said.key
        return Candidate(series_id=series, centre_id=centre, number=number, **said.values)


class Entries(Storing[Entry]):
    model = Entry
    called = "entry"
    columns = {"option_code": "option_code", "withdrawn": "status"}

    def find(self, keys: Collection[Key]) -> dict[Key, Entry]:
        candidates = {candidate for candidate, _ in keys}
        found = Entry.objects.filter(candidate__in=candidates).order_by()
        return {(entry.candidate_id, entry.syllabus_id): entry for entry in found}

    def make(self, said: Said) -> Entry:
        candidate, syllabus = said.key
        return Entry(candidate_id=candidate, syllabus_id=syllabus, **said.values)


class EntriesFile(Kind):
    name = "entries"
    columns = (
        "series",
        "centre",
        "candidate_number",
        "candidate_name",
        "date_of_birth",
        "uci",
        "syllabus",
        "option_code",
        "status",
    )

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.candidates = Candidates(report, self.claims)
        self.entries = Entries(report, self.claims)

    def read(self, cells: Cells) -> Item:
        return Item(
            cells.row,
            cells.take("series", series),
            cells.take("centre", centre_number),
            cells.take("candidate_number", candidate_number),
            cells.take("candidate_name", text(200)),
            cells.take("date_of_birth", date_of_birth),
            cells.take("uci", uci),
            cells.take("syllabus", syllabus_code),
            cells.take("option_code", option_code),
            cells.take("status", one_of("valid", "withdrawn")) == "withdrawn",
        )

    def save(self, items: list[Item]) -> None:
        known = _Known(items)
        items = [item for item in items if known.all_of(item, self.report)]
        candidates = self.candidates.store(
            Said(
                item.row,
                known.candidate(item),
                {"name": item.name, "date_of_birth": item.born, "uci": item.uci},
            )
            for item in items
        )
        entries = self.entries.store(
            Said(
                item.row,
                (
                    self.candidates.rows[known.candidate(item)].pk,
                    known.syllabuses[item.syllabus].pk,
                ),
                {"option_code": item.option_code, "withdrawn": item.withdrawn},
            )
            for item in items
            if item.row in candidates
        )
        self.counts.update(together(candidates[row], own) for row, own in entries.items())


class _Known:
    """Those series, centres and syllabuses of a batch that exist."""

    def __init__(self, items: list[Item]) -> None:
        self.series = series_named(item.series for item in items)
        self.centres = centres_numbered(item.centre for item in items)
        self.syllabuses = syllabuses_coded(item.syllabus for item in items)

    def candidate(self, item: Item) -> tuple[int, int, str]:
        return self.series[item.series], self.centres[item.centre], item.number

    def all_of(self, item: Item, report: Report) -> bool:
        """Whether all that the row refers to exists; what does not is reported."""
        before = report.bad
        if item.series not in self.series:
            report.add(item.row, "series", no_series(item.series))
        if item.centre not in self.centres:
            report.add(item.row, "centre", no_centre(item.centre))
        if item.syllabus not in self.syllabuses:
            report.add(item.row, "syllabus", no_syllabus(item.syllabus))
        return report.bad == before
