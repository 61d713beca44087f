"""entries.csv: the candidates of a centre in a series, and what each is entered for.

A candidate stands in a row for each entry; the rows must agree on who that is. Whether it is who had
the number before: `people`.

A hold on a number does not go with it when the number is given to somebody else (rules 19, 22). Whoever
had it stays held. Whoever has it now is held too, until two people of the board let that go: it is not
for a file to say that what was held back may be seen.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from centres.models import Candidate, Entry
from loading.engine.cells import (
    candidate_number,
    centre_number,
    date_of_birth,
    one_of,
    option_code,
    series,
    syllabus_code,
    text,
    uci,
)
from loading.engine.loader import Cells, Kind
from loading.engine.report import Report, Row, Warned
from loading.engine.upsert import Key, Said, Upsert, together
from loading.kinds.lookups import Known
from loading.kinds.people import Candidates
from results import holds
from results.models import Hold, HoldQuerySet

REASON = "Number {} was held when it was given to somebody else"


class Item(NamedTuple):
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


class Entries(Upsert[Entry]):
    model = Entry
    called = "entry"
    columns = {"option_code": "option_code", "withdrawn": "status"}

    def find(self, keys: Collection[Key]) -> dict[Key, Any]:
        found = Entry.objects.filter(candidate__in={candidate for candidate, _ in keys}).order_by()
        rows = found.values_list("candidate_id", "syllabus_id", "pk", *self.columns, named=True)
        return {(row.candidate_id, row.syllabus_id): row for row in rows}

    def in_words(self, field: str, value: Any) -> str:
        if field == "withdrawn" and value is not None:
            return "withdrawn" if value else "valid"
        return super().in_words(field, value)

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
    identity = ("series", "centre", "candidate_number", "syllabus")

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.known = Known()
        self.candidates = Candidates(report, self.claims)
        self.entries = Entries(report, self.claims)

    def read(self, cells: Cells) -> Item:
        return Item(
            cells.row,
            cells.read("series", series),
            cells.read("centre", centre_number),
            cells.read("candidate_number", candidate_number),
            cells.read("candidate_name", text(200)),
            cells.read("date_of_birth", date_of_birth),
            cells.read("uci", uci),
            cells.read("syllabus", syllabus_code),
            cells.read("option_code", option_code),
            cells.read("status", one_of("valid", "withdrawn")) == "withdrawn",
        )

    def save(self, items: list[Item]) -> None:
        known = self.known
        known.learn(items)
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

    def finish(self) -> None:
        self.candidates.record(by=self.by)
        if self.candidates.given:
            self._keep_held()

    def _keep_held(self) -> None:
        former = Candidate.objects.filter(set_aside_at=self.candidates.begun_at)
        held = former.filter(pk__in=_held_among(former)).select_related(
            "former_series", "former_centre"
        )
        for one in held:
            now = Candidate.objects.get(
                series=one.former_series, centre=one.former_centre, number=one.number
            )
            place = f"{now.centre.number} {now.number}"
            if not Hold.objects.in_force().filter(candidate=now).exists():
                holds.place(Hold(candidate=now, reason=REASON.format(one.number)), by=self.by)
            sentence = "A hold in force stays with who had it, and holds who has it now."
            self.report.warn(Warned.HELD, place, sentence)


def _held_among(former) -> list[int]:
    held: HoldQuerySet = Hold.objects.in_force()
    of_entries = held.filter(entry__candidate__in=former).values_list("entry__candidate", flat=True)
    return [*held.filter(candidate__in=former).values_list("candidate", flat=True), *of_entries]
