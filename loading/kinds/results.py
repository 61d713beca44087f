"""results.csv, or a Cambridge results workbook: the outcome of each entry.

A result belongs to an entry that is there and is not withdrawn, and its grade to the scale of the
entry's qualification. A changed result is a correction: what it was stays in its history (rule 21).
A workbook states no PUM, a CSV no components' marks: each leaves alone what it does not state, and with
another grade the old of it goes. Where it carries names or option codes, they are compared with the
entry's: `loading.kinds.compared`.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Q

from centres.grades import OUTCOMES, allowed, printed
from centres.models import Entry, Qualification, Release, Series
from core import gate_clock
from core.gate_clock import gate_time
from loading.engine.cells import (
    candidate_number,
    centre_number,
    pum,
    quoted,
    series,
    syllabus_code,
    text,
)
from loading.engine.loader import Cells, Kind
from loading.engine.report import Report, Row
from loading.engine.upsert import Key, Said, Upsert
from loading.kinds.compared import Compared, Comparison
from loading.kinds.component_columns import in_words
from loading.kinds.lookups import CandidateKey, Known, Refers, candidates_numbered
from loading.kinds.workbook import SheetRow
from results import last_change
from results.components import Components
from results.corrections import UNDATED, Correction, correct, date_corrections
from results.models import Result

REASON = "Loaded by the board"
SEALED = "The results of this series are sealed until keyholders open them. Give the file at Sealed results, not here."
OTHER_SERIES = "This row is of another series than the one that is sealed. Take it out."


class Item(NamedTuple):
    row: Row
    series: tuple[int, int]
    centre: str
    number: str
    syllabus: str
    grade: str
    pum: int | None
    pum_stated: bool
    components: Components | None
    name: str
    option: str


class EnteredFor(NamedTuple):
    entry: int
    withdrawn: bool
    option: str
    name: str


class Results(Upsert[Result]):
    model = Result
    called = "result"
    columns = {"grade": "grade", "pum": "pum", "components": "components"}

    def __init__(self, report: Report, claims: Any, *, by: str, reason: str) -> None:
        super().__init__(report, claims)
        self.by = by
        self.reason = reason
        self.begun_at = gate_clock.now()
        self.first_added: int | None = None  # primary key; those of later ones are higher
        self.corrects = False

    def find(self, keys: Collection[Key]) -> dict[Key, Any]:
        found = Result.objects.filter(entry__in={entry for (entry,) in keys})
        rows = found.values_list("entry_id", "pk", *self.columns, named=True)
        return {(row.entry_id,): row for row in rows}

    def in_words(self, field: str, value: Any) -> str:
        return in_words(value or ()) if field == "components" else super().in_words(field, value)

    def make(self, said: Said) -> Result:
        return Result(entry_id=said.key[0], added_at=self.begun_at, **said.values)

    def create(self, new: list[Said]) -> list[Result]:
        made = super().create(new)
        if made and self.first_added is None:
            self.first_added = made[0].pk
        return made

    def change(self, changes: list[tuple[Result, Said]]) -> None:
        self.corrects = True
        corrections = [
            Correction(
                row,
                said.values["grade"],
                said.values["pum"] if "pum" in said.values else _kept_pum(row, said),
                said.values.get("components"),
            )
            for row, said in changes
        ]
        correct(corrections, by=self.by, reason=self.reason, at=UNDATED)

    def date(self, series: Collection[int]) -> None:
        """To its end, before which nobody sees anything of the load: who has marked as seen what was
        changed or came late meanwhile has not seen this (`results.last_change`). Before the first release of
        these series nothing comes late, and a whole board's new rows need not be written twice."""
        if not self.corrects and self.first_added is None:
            return
        end = max(last_change.next_of(one) for one in sorted(series))
        for one in sorted(series):
            last_change.next_of(one, at=end)
        date_corrections(at=end)
        if self.first_added is not None and _released(series, end):
            mine = Result.objects.filter(pk__gte=self.first_added, added_at=self.begun_at)
            mine.update(added_at=end)


def _released(series: Collection[int], at: dt.datetime) -> bool:
    """Whether anything of them, to anybody."""
    now = gate_time(at)
    begun = Q(candidates_at__lte=now) | Q(staff_at__lte=now)
    return Release.objects.filter(begun, series__in=series).exists()


def _kept_pum(row: Any, said: Said) -> int | None:
    """Of a file that states none."""
    return row.pum if row.grade == said.values["grade"] else None


class ResultsFile(Kind):
    name = "results"
    columns = ("series", "centre", "candidate_number", "syllabus", "grade", "pum")
    optional = ("candidate_name", "option_code")
    identity = ("series", "centre", "candidate_number", "syllabus")

    def __init__(
        self, report: Report, *, by: str, reason: str = REASON, opens: int | None = None
    ) -> None:
        """`opens`: the sealed series whose results these are, and no others."""
        super().__init__(report, by=by)
        self.comparison = Comparison(report)
        self.known = KnownEntries(opens)
        self.results = Results(report, self.claims, by=by, reason=reason)
        self.series: set[int] = set()

    def finish(self) -> None:
        self.comparison.warn()
        self.results.date(self.series)

    def read(self, cells: Cells) -> Item:
        pum_stated = "pum" in cells.row.cells
        return Item(
            cells.row,
            cells.read("series", series),
            cells.read("centre", centre_number),
            cells.read("candidate_number", candidate_number),
            cells.read("syllabus", syllabus_code),
            cells.read("grade", text(40)),
            cells.read("pum", pum) if pum_stated else None,
            pum_stated,
            cells.row.components if isinstance(cells.row, SheetRow) else None,
            cells.read_if_any("candidate_name", text(200, required=False)),
            cells.read_if_any("option_code", text(20, required=False)),
        )

    def save(self, items: list[Item]) -> None:
        self.counts.update(self.results.store(self.judged(items)).values())

    def judged(self, items: list[Item]) -> list[Said]:
        """What a batch says of entries that are there, where nothing is wrong with it."""
        known = self.known
        known.learn(items)
        said = []
        for item in items:
            before = self.report.faults
            entry = known.entry(item, self.report)
            grade = known.grade(item, self.report)
            if entry:
                self._compare(item, entry)
            if entry and self.report.faults == before:
                values: dict[str, Any] = {"grade": grade}
                if item.pum_stated:
                    values["pum"] = item.pum
                if item.components is not None:
                    values["components"] = item.components
                said.append(Said(item.row, (entry.entry,), values))
                self.series.add(known.series[item.series])
        return said

    def _compare(self, item: Item, entry: EnteredFor) -> None:
        if (item.name, item.option) != ("", ""):
            whom = f"{item.centre} {item.number}"
            self.comparison.compare(
                Compared(item.row, whom, item.name, item.option, entry.name, entry.option)
            )


class KnownEntries(Known):
    """What exists of that to which rows refer. Candidates and entries: those of the last batch."""

    def __init__(self, opens: int | None = None) -> None:
        super().__init__()
        self.opens = opens
        self.sealed: set[int] = set()
        self.grades: dict[int, dict[str, str]] = {}
        self.candidates: dict[CandidateKey, int] = {}
        self.entries: dict[tuple[int, str], EnteredFor] = {}

    def learn(self, items: Collection[Refers]) -> None:
        before = set(self.series.values())
        super().learn(items)
        if new := set(self.series.values()) - before:
            sealed = Series.objects.filter(sealed=True, pk__in=new)
            self.sealed.update(sealed.values_list("pk", flat=True))
        for syllabus in self.syllabuses.values():
            if syllabus.qualification_id not in self.grades:
                self.grades[syllabus.qualification_id] = spellings(syllabus.qualification)
        keys = {
            self.candidate(item)
            for item in items
            if item.series in self.series and item.centre in self.centres
        }
        found = candidates_numbered(keys, "name")
        self.candidates = {key: row.pk for key, row in found.items()}
        names = {row.pk: row.name for row in found.values()}
        entries = Entry.objects.filter(candidate__in=self.candidates.values()).order_by()
        self.entries = {
            (candidate, code): EnteredFor(pk, withdrawn, option, names[candidate])
            for candidate, code, pk, withdrawn, option in entries.values_list(
                "candidate", "syllabus__code", "pk", "withdrawn", "option_code"
            )
        }

    def entry(self, item: Item, report: Report) -> EnteredFor | None:
        """The entry of which the row speaks, or None, and why, when it can have no result."""
        if not self.all_of(item, report):
            return None
        if self._is_refused(item):
            report.add(item.row, "series", OTHER_SERIES if self.opens else SEALED)
            return None
        candidate = self.candidates.get(self.candidate(item))
        if candidate is None:
            reason = "{} has no candidate {}. Load the entries first."
            report.add(item.row, "candidate_number", reason, item.centre, item.number)
            return None
        entry = self.entries.get((candidate, item.syllabus))
        if entry is None:
            reason = "The candidate is not entered for this syllabus. Load the entries first."
            report.add(item.row, "syllabus", reason)
            return None
        if entry.withdrawn:
            reason = "This entry is withdrawn, so it has no result. Take this row out."
            report.add(item.row, "syllabus", reason)
        return entry

    def grade(self, item: Item, report: Report) -> str:
        """The grade, as we write it, that the row gives. Of one that is sealed nothing is told."""
        syllabus = self.syllabuses.get(item.syllabus)
        if syllabus is None or self._is_refused(item):
            return ""
        grade = self.grades[syllabus.qualification_id].get("".join(item.grade.split()))
        if grade is None:
            qualification = syllabus.qualification
            scale = ", ".join([*qualification.grades.split(), *OUTCOMES])
            reason = f"{{}} is not a grade of {qualification}. Its grades are {scale}."
            report.add(item.row, "grade", reason, quoted(item.grade))
        elif grade in OUTCOMES and item.pum is not None:
            report.add(item.row, "pum", "A result {} has no PUM. Leave this empty.", grade)
        return grade or ""

    def _is_refused(self, item: Item) -> bool:
        """It is of a sealed series, or of another than the one that is opened."""
        which = self.series.get(item.series)
        return which != self.opens and (which in self.sealed or self.opens is not None)


def spellings(qualification: Qualification) -> dict[str, str]:
    """Every way, without its spaces, to write a grade: as we do, or as Cambridge prints it."""
    return {
        "".join(spelling.split()): grade
        for grade in allowed(qualification)
        for spelling in (grade, printed(grade))
    }
