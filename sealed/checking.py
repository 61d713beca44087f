"""The check of a results file for a sealed series: in full, as any load would, and in memory alone (rule 28).

The database is told nothing of the file: it is asked for all entries of the series, in the same words whatever the file
holds. Rows are read and judged by the code that loads them. What comes of it and tells no grade may be kept (`counts`,
`length`); the bad rows and the distribution of grades are for the one answer to whoever gives the file.
"""

import gc
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Count

from centres.grades import OUTCOMES
from centres.models import Candidate, Centre, Entry, Qualification, Series, Syllabus
from loading.engine.contradictions import ClaimsInMemory
from loading.engine.dialect import dialect_of
from loading.engine.loader import BATCH, batches
from loading.engine.report import Alike, Report, Row
from loading.kinds.lookups import Refers
from loading.kinds.results import EnteredFor, Item, KnownEntries, ResultsFile, spellings
from loading.registry import is_workbook, rows_of
from results.models import Result

KIB = 1024
TELLING = ("grade", "pum")  # columns of whose length nothing may be told
BESIDE = 96  # bytes of a row of a CSV, at most: grade and PUM, quotation marks, separators, its end
OF_A_WORKBOOK = 512  # bytes of a row, packed, at most
HEADS = 256 * KIB  # of a workbook: what stands beside its rows
ROUNDED = 64 * KIB

Grades = Counter[tuple[int, str]]
"""Primary key of a qualification, and grade -> how many."""


class Share(NamedTuple):
    """A grade in a qualification: how many in the file and in the series a year before, and of a hundred."""

    grade: str
    now: int
    of_now: str
    before: int
    of_before: str


class Distribution(NamedTuple):
    """`before`: the series that it is compared with; "" where there is none, or where it is sealed."""

    qualification: str
    before: str
    shares: list[Share]


class Checked(NamedTuple):
    """`bad` rows, and what is `alike` in them. `counts`, which tell no grade: rows, and the entries with and
    without a result in the file, all of them and by syllabus. `length`: bytes to which it is padded.
    `distribution` tells grades."""

    bad: int
    alike: list[Alike]
    counts: dict[str, Any]
    length: int
    distribution: list[Distribution]


def check(series: Series, content: io.BytesIO) -> Checked:
    """Read the whole file, and judge every row."""
    report = Report()
    kind = CheckedResults(report, series=series)
    content.seek(0)
    gc.freeze()  # as a load does: nothing walks again and again through all that stays
    try:
        for batch in batches(rows_of(kind, content, report), BATCH):
            kind.save(kind.good(batch))
            report.flush()
        kind.finish()
        if not (report.faults or kind.rows):
            report.add(Row(1), "file", "No row stands below the heads. Give the whole file.")
        report.flush()
    finally:
        kind.close()
        gc.unfreeze()
    if report.faults:
        return Checked(report.bad, report.alike, {}, 0, [])
    length = length_of(content, rows=kind.rows, told=kind.length)
    return Checked(0, [], kind.told(), length, kind.distribution())


def length_of(content: io.BytesIO, *, rows: int, told: int) -> int:
    """To how many bytes it is padded, which depends on nothing that tells a grade: on how many rows it has and, of a
    CSV, on what stands in the other columns (`told` bytes). A file that is longer all the same gets twice that, and so
    on."""
    content.seek(0)
    if is_workbook(content):
        length = HEADS + rows * OF_A_WORKBOOK
    else:
        wide = dialect_of(content).encoding.startswith("utf-16")
        length = (told + (rows + 1) * BESIDE) * (2 if wide else 1)
    length = -(-length // ROUNDED) * ROUNDED
    size = content.getbuffer().nbytes
    while length < size:
        length *= 2
    return length


class CheckedResults(ResultsFile):
    """A results file of one sealed series that is judged, and stored nowhere."""

    def __init__(self, report: Report, *, series: Series) -> None:
        super().__init__(report, by="", opens=series.pk)
        self.claims = self.results.claims = ClaimsInMemory()
        self.known: EntriesOfSeries = EntriesOfSeries(series)
        self.rows = 0
        self.length = 0  # bytes in the columns that tell no grade
        self._with_result: Counter[str] = Counter()  # by syllabus
        self._grades: Grades = Counter()

    def good(self, rows: Iterable[Row]) -> list[Item]:
        rows = list(rows)
        cells = [row.cells for row in rows]
        self.rows += len(rows)
        whole = _bytes(chain.from_iterable(one.values() for one in cells))
        self.length += whole - _bytes(one.get(column, "") for column in TELLING for one in cells)
        return super().good(rows)

    def save(self, items: list[Item]) -> None:
        syllabus_of = {item.row: item.syllabus for item in items}
        first, _ = self.results.claimed(self.judged(items))
        codes = [syllabus_of[said.row] for said in first]
        self._with_result.update(codes)
        of = {code: self.known.syllabuses[code].qualification_id for code in set(codes)}
        self._grades.update(
            (of[code], said.values["grade"]) for code, said in zip(codes, first, strict=True)
        )

    def finish(self) -> None:
        self.comparison.warn()

    def told(self) -> dict[str, Any]:
        """What of it tells no grade."""
        found = self._with_result
        syllabuses = {
            code: {"with": found[code], "without": valid - found[code]}
            for code, valid in sorted(self.known.valid.items())
        }
        return {
            "rows": self.rows,
            "with": found.total(),
            "without": self.known.valid.total() - found.total(),
            "syllabuses": syllabuses,
        }

    def distribution(self) -> list[Distribution]:
        """Of each qualification in the file its grades, the best first, beside those of the year before."""
        year_before = self.known.of.year - 1
        series = Series.objects.filter(year=year_before, month=self.known.of.month).first()
        before = grades_of(series) if series and not series.sealed else Counter()
        return [
            Distribution(
                one.name,
                str(series) if any(qualification == one.pk for qualification, _ in before) else "",
                list(_shares(one, self._grades, before)),
            )
            for one in Qualification.objects.all()
            if any(qualification == one.pk for qualification, _ in self._grades)
        ]


def _bytes(cells: Iterable[str]) -> int:
    return len("".join(cells).encode(errors="surrogateescape"))


class EntriesOfSeries(KnownEntries):
    """All entries of a series, read once: no question to the database names anything of the file."""

    def __init__(self, series: Series) -> None:
        super().__init__(opens=series.pk)
        self.of = series
        self.valid: Counter[str] = Counter()  # entries that are not withdrawn, by syllabus

    def learn(self, items: Collection[Refers]) -> None:
        if self.series:
            return
        self.series = {(one.year, one.month): one.pk for one in Series.objects.all()}
        self.centres = dict(Centre.objects.values_list("number", "pk"))
        self.syllabuses = {
            one.code: one for one in Syllabus.objects.select_related("qualification")
        }
        self.grades = {one.pk: spellings(one) for one in Qualification.objects.all()}
        names: dict[int, str] = {}
        candidates = Candidate.objects.filter(series=self.of).order_by()
        for pk, centre, number, name in candidates.values_list(
            "pk", "centre", "number", "name"
        ).iterator():
            self.candidates[self.of.pk, centre, number] = pk
            names[pk] = name
        codes = {code: code for code in self.syllabuses}  # one object each, however many entries
        options: dict[str, str] = {}
        entries = Entry.objects.filter(candidate__series=self.of).order_by()
        for candidate, code, pk, withdrawn, option in entries.values_list(
            "candidate", "syllabus__code", "pk", "withdrawn", "option_code"
        ).iterator():
            if candidate not in names:  # entered a moment ago
                continue
            one = EnteredFor(pk, withdrawn, options.setdefault(option, option), names[candidate])
            self.entries[candidate, codes.get(code, code)] = one
            self.valid[code] += not withdrawn


def grades_of(series: Series) -> Grades:
    rows = Result.objects.filter(entry__candidate__series=series).order_by()
    counted = rows.values_list("entry__syllabus__qualification", "grade").annotate(Count("pk"))
    return Counter({(qualification, grade): many for qualification, grade, many in counted})


def _shares(qualification: Qualification, now: Grades, before: Grades) -> Iterator[Share]:
    """Of each grade of which there is one, the best first."""
    grades = (*qualification.grades.split(), *OUTCOMES)
    all_now = sum(now[qualification.pk, grade] for grade in grades)
    all_before = sum(before[qualification.pk, grade] for grade in grades)
    for grade in grades:
        many, then = now[qualification.pk, grade], before[qualification.pk, grade]
        if many or then:
            yield Share(grade, many, _of(many, all_now), then, _of(then, all_before))


def _of(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
