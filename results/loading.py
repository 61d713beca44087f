"""results.csv, or a Cambridge results workbook: the outcome of each entry.

A result belongs to an entry that is there and is not withdrawn, and its grade to the scale of the
entry's qualification. A changed result is a correction: what it was stays in its history (rule 21).
A workbook states no PUM, so it leaves the PUM alone; with another grade the old PUM goes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from centres.grades import OUTCOMES, allowed, printed
from centres.loading.kind import Cells, Kind
from centres.loading.references import (
    CandidateKey,
    candidates_numbered,
    centres_numbered,
    no_centre,
    no_series,
    no_syllabus,
    series_named,
    syllabuses_coded,
)
from centres.loading.report import Report, Row
from centres.loading.storing import Key, Said, Storing
from centres.loading.values import (
    candidate_number,
    centre_number,
    pum,
    quoted,
    series,
    syllabus_code,
    text,
)
from centres.models import Entry, Qualification
from results.corrections import Correction, correct
from results.models import Result

REASON = "Loaded by the board"


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    series: tuple[int, int]
    centre: str
    number: str
    syllabus: str
    grade: str
    pum: int | None
    pum_stated: bool


class EnteredFor(NamedTuple):
    entry: int
    withdrawn: bool


class Results(Storing[Result]):
    model = Result
    called = "result"
    columns = {"grade": "grade", "pum": "pum"}

    def __init__(self, report: Report, claims: Any, *, by: str, reason: str) -> None:
        super().__init__(report, claims)
        self.by = by
        self.reason = reason

    def find(self, keys: Collection[Key]) -> dict[Key, Result]:
        found = Result.objects.filter(entry__in={entry for (entry,) in keys})
        return {(result.entry_id,): result for result in found}

    def make(self, said: Said) -> Result:
        return Result(entry_id=said.key[0], **said.values)

    def change(self, changes: list[tuple[Result, Said]]) -> None:
        corrections = [
            Correction(result, said.values["grade"], said.values.get("pum"))
            for result, said in changes
        ]
        correct(corrections, by=self.by, reason=self.reason)


class ResultsFile(Kind):
    name = "results"
    columns = ("series", "centre", "candidate_number", "syllabus", "grade", "pum")

    def __init__(self, report: Report, *, by: str, reason: str = REASON) -> None:
        super().__init__(report, by=by)
        self.results = Results(report, self.claims, by=by, reason=reason)

    def read(self, cells: Cells) -> Item:
        pum_stated = "pum" in cells.row.cells
        return Item(
            cells.row,
            cells.take("series", series),
            cells.take("centre", centre_number),
            cells.take("candidate_number", candidate_number),
            cells.take("syllabus", syllabus_code),
            cells.take("grade", text(40)),
            cells.take("pum", pum) if pum_stated else None,
            pum_stated,
        )

    def save(self, items: list[Item]) -> None:
        known = _Known(items)
        said = []
        for item in items:
            before = self.report.bad
            entry = known.entry(item, self.report)
            grade = known.grade(item, self.report)
            if self.report.bad == before:
                pum = {"pum": item.pum} if item.pum_stated else {}
                said.append(Said(item.row, (entry,), {"grade": grade, **pum}))
        self.counts.update(self.results.store(said).values())


class _Known:
    """What exists of that to which the rows of a batch refer."""

    def __init__(self, items: list[Item]) -> None:
        self.series = series_named(item.series for item in items)
        self.centres = centres_numbered(item.centre for item in items)
        self.syllabuses = syllabuses_coded(item.syllabus for item in items)
        self.grades = {
            syllabus.qualification_id: spellings(syllabus.qualification)
            for syllabus in self.syllabuses.values()
        }
        keys = {
            self._key(item)
            for item in items
            if item.series in self.series and item.centre in self.centres
        }
        self.candidates = {
            key: candidate.pk for key, candidate in candidates_numbered(keys).items()
        }
        entries = Entry.objects.filter(
            candidate__in=self.candidates.values(),
            syllabus__in=[syllabus.pk for syllabus in self.syllabuses.values()],
        ).values_list("candidate", "syllabus__code", "pk", "withdrawn")
        self.entries = {
            (candidate, code): EnteredFor(pk, withdrawn)
            for candidate, code, pk, withdrawn in entries
        }

    def _key(self, item: Item) -> CandidateKey:
        return self.series[item.series], self.centres[item.centre], item.number

    def entry(self, item: Item, report: Report) -> int | None:
        """The entry of which the row speaks, or None, and why, when it can have no result."""
        before = report.bad
        if item.series not in self.series:
            report.add(item.row, "series", no_series(item.series))
        if item.centre not in self.centres:
            report.add(item.row, "centre", no_centre(item.centre))
        if item.syllabus not in self.syllabuses:
            report.add(item.row, "syllabus", no_syllabus(item.syllabus))
        if report.bad != before:
            return None
        candidate = self.candidates.get(self._key(item))
        if candidate is None:
            reason = f"{item.centre} has no candidate {item.number}. Load the entries first."
            report.add(item.row, "candidate_number", reason)
            return None
        entry = self.entries.get((candidate, item.syllabus))
        if entry is None:
            reason = "The candidate is not entered for this syllabus. Load the entries first."
            report.add(item.row, "syllabus", reason)
            return None
        if entry.withdrawn:
            reason = "This entry is withdrawn, so it has no result. Take this row out."
            report.add(item.row, "syllabus", reason)
        return entry.entry

    def grade(self, item: Item, report: Report) -> str:
        """The grade, as we write it, that the row gives."""
        if item.syllabus not in self.syllabuses:
            return ""
        qualification = self.syllabuses[item.syllabus].qualification
        grade = self.grades[qualification.pk].get("".join(item.grade.split()))
        if grade is None:
            scale = ", ".join([*qualification.grades.split(), *OUTCOMES])
            reason = f"{quoted(item.grade)} is no grade of {qualification}. Its grades are {scale}."
            report.add(item.row, "grade", reason)
        elif grade in OUTCOMES and item.pum is not None:
            report.add(item.row, "pum", f"A result {grade} has no PUM. Leave this empty.")
        return grade or ""


def spellings(qualification: Qualification) -> dict[str, str]:
    """Every way, without its spaces, to write a grade: as we do, or as Cambridge prints it."""
    return {
        "".join(spelling.split()): grade
        for grade in allowed(qualification)
        for spelling in (grade, printed(grade))
    }
