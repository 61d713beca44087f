"""syllabuses.csv: the syllabuses, each of a qualification that the board awards.

A syllabus with entries stays in its qualification: in another its results would be released at another
time, and that takes two people.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from centres.models import Entry, Syllabus
from loading.engine.cells import syllabus_code, text
from loading.engine.loader import Cells, Kind
from loading.engine.report import Report, Row
from loading.engine.upsert import Key, Said, Upsert
from loading.kinds.lookups import add_no_qualification, qualifications, syllabuses_coded


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    code: str
    title: str
    qualification: str


class Syllabuses(Upsert[Syllabus]):
    model = Syllabus
    called = "syllabus"
    columns = {"title": "title", "qualification_id": "qualification"}
    names = ("title",)

    def find(self, keys: Collection[Key]) -> dict[Key, Syllabus]:
        found = syllabuses_coded(code for (code,) in keys)
        return {(code,): syllabus for code, syllabus in found.items()}

    def in_words(self, field: str, value: Any) -> str:
        if field == "qualification_id":
            value = next((name for name, pk in qualifications().items() if pk == value), None)
        return super().in_words(field, value)

    def make(self, said: Said) -> Syllabus:
        return Syllabus(code=said.key[0], **said.values)


class SyllabusesFile(Kind):
    name = "syllabuses"
    columns = ("code", "title", "qualification")
    identity = ("code",)

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.syllabuses = Syllabuses(report, self.claims)

    def read(self, cells: Cells) -> Item:
        return Item(
            cells.row,
            cells.read("code", syllabus_code),
            cells.read("title", text(200)),
            cells.read("qualification", text(100)),
        )

    def save(self, items: list[Item]) -> None:
        known = qualifications()
        said = []
        for item in items:
            if item.qualification in known:
                values = {"title": item.title, "qualification_id": known[item.qualification]}
                said.append(Said(item.row, (item.code,), values))
            else:
                add_no_qualification(self.report, item.row, item.qualification, known)
        self.counts.update(self.syllabuses.store(self._staying(said)).values())

    def _staying(self, said: list[Said]) -> list[Said]:
        """Without those that would move a syllabus with entries, which are reported."""
        there = syllabuses_coded(one.key[0] for one in said)
        moving = {
            syllabus.pk: one
            for one in said
            if (syllabus := there.get(one.key[0]))
            and syllabus.qualification_id != one.values["qualification_id"]
        }
        entries = Entry.objects.filter(syllabus=OuterRef("pk")).order_by()
        entered = Syllabus.objects.filter(Exists(entries), pk__in=moving)
        refused = set()
        for syllabus in entered.select_related("qualification"):
            row = moving[syllabus.pk].row
            refused.add(row)
            self.report.add(
                row,
                "qualification",
                "Syllabus {} has entries, so it stays in {}.",
                syllabus.code,
                syllabus.qualification,
            )
        return [one for one in said if one.row not in refused]
