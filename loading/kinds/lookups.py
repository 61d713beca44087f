"""Look-ups of what the rows of a batch name: series, centres, syllabuses, candidates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Protocol

from django.db.models import Q

from centres.models import Candidate, Centre, Qualification, Series, Syllabus
from centres.models.series import MONTHS
from loading.engine.cells import quoted
from loading.engine.loader import batches
from loading.engine.report import Report, Row

CandidateKey = tuple[int, int, str]
"""Primary keys of the series and the centre, and the candidate number."""

COHORTS_AT_ONCE = 100


def series_named(names: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    years = {year for year, _ in names}
    found = Series.objects.filter(year__in=years).values_list("year", "month", "pk")
    return {(year, month): pk for year, month, pk in found}


def centres_numbered(numbers: Iterable[str]) -> dict[str, int]:
    return dict(Centre.objects.filter(number__in=set(numbers)).values_list("number", "pk"))


def syllabuses_coded(codes: Iterable[str]) -> dict[str, Syllabus]:
    found = Syllabus.objects.filter(code__in=set(codes)).select_related("qualification")
    return {syllabus.code: syllabus for syllabus in found}


def qualifications() -> dict[str, int]:
    return dict(Qualification.objects.values_list("name", "pk"))


def candidates_numbered(keys: Collection[CandidateKey], *fields: str) -> dict[CandidateKey, Any]:
    """Rows with `pk` and these fields; objects of the model would take ten times as long."""
    found = {}
    for these in _cohorts(keys, "series", "centre"):
        rows = Candidate.objects.filter(these).order_by()
        for row in rows.values_list("series_id", "centre_id", "number", "pk", *fields, named=True):
            found[row[:3]] = row
    return found


def set_aside_numbered(
    keys: Collection[CandidateKey], *fields: str
) -> dict[CandidateKey, list[Any]]:
    """Those who had these numbers before (rule 22), whoever had it last first."""
    found: dict[CandidateKey, list[Any]] = defaultdict(list)
    names = ("former_series_id", "former_centre_id", "number", "pk", *fields)
    for these in _cohorts(keys, "former_series", "former_centre"):
        rows = Candidate.objects.filter(these).order_by("-set_aside_at", "-pk")
        for row in rows.values_list(*names, named=True):
            found[row[:3]].append(row)
    return found


def _cohorts(keys: Collection[CandidateKey], series: str, centre: str) -> Iterator[Q]:
    """Conditions for all of these keys, a number of centres each."""
    cohorts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for series_id, centre_id, number in keys:
        cohorts[series_id, centre_id].append(number)
    for some in batches(cohorts.items(), COHORTS_AT_ONCE):
        these = Q()
        for (series_id, centre_id), numbers in some:
            these |= Q((series, series_id), (centre, centre_id), number__in=numbers)
        yield these


NO_SERIES = "There is no series {} {}. Load the series first."
NO_CENTRE = "There is no centre {}. Load the centres first."
NO_SYLLABUS = "There is no syllabus {}. Load the syllabuses first."
NO_QUALIFICATION = "There is no qualification {}. Write one of: {}."


def add_no_qualification(report: Report, row: Row, name: str, known: Iterable[str]) -> None:
    names = "; ".join(sorted(known))
    report.add(row, "qualification", NO_QUALIFICATION, quoted(name), names)


class Refers(Protocol):
    """What a row says that names others."""

    @property
    def row(self) -> Row: ...
    @property
    def series(self) -> tuple[int, int]: ...
    @property
    def centre(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def syllabus(self) -> str: ...


class Known:
    """Those series, centres and syllabuses of a load that exist. Each is looked up once."""

    def __init__(self) -> None:
        self.series: dict[tuple[int, int], int] = {}
        self.centres: dict[str, int] = {}
        self.syllabuses: dict[str, Syllabus] = {}

    def learn(self, items: Collection[Refers]) -> None:
        if series := {item.series for item in items} - self.series.keys():
            self.series |= series_named(series)
        if centres := {item.centre for item in items} - self.centres.keys():
            self.centres |= centres_numbered(centres)
        if syllabuses := {item.syllabus for item in items} - self.syllabuses.keys():
            self.syllabuses |= syllabuses_coded(syllabuses)

    def candidate(self, item: Refers) -> CandidateKey:
        return self.series[item.series], self.centres[item.centre], item.number

    def all_of(self, item: Refers, report: Report) -> bool:
        """Whether all that the row refers to exists; what does not is reported."""
        before = report.faults
        if item.series not in self.series:
            year, month = item.series
            report.add(item.row, "series", NO_SERIES, MONTHS[month], year)
        if item.centre not in self.centres:
            report.add(item.row, "centre", NO_CENTRE, quoted(item.centre))
        if item.syllabus not in self.syllabuses:
            report.add(item.row, "syllabus", NO_SYLLABUS, quoted(item.syllabus))
        return report.faults == before
