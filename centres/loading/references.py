"""What the rows of a batch refer to: series, centres, syllabuses, candidates, by what files call them."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q

from centres.loading.kind import batches
from centres.loading.values import quoted
from centres.models import Candidate, Centre, Qualification, Series, Syllabus
from centres.models.cohort import MONTHS

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


def candidates_numbered(keys: Collection[CandidateKey]) -> dict[CandidateKey, Candidate]:
    cohorts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for series, centre, number in keys:
        cohorts[series, centre].append(number)
    found = {}
    for some in batches(cohorts.items(), COHORTS_AT_ONCE):
        these = Q()
        for (series, centre), numbers in some:
            these |= Q(series=series, centre=centre, number__in=numbers)
        for candidate in Candidate.objects.filter(these).order_by():
            found[candidate.series_id, candidate.centre_id, candidate.number] = candidate
    return found


def no_series(name: tuple[int, int]) -> str:
    year, month = name
    return f"There is no series {MONTHS[month]} {year}. Load the series first."


def no_centre(number: str) -> str:
    return f"There is no centre {quoted(number)}. Load the centres first."


def no_syllabus(code: str) -> str:
    return f"There is no syllabus {quoted(code)}. Load the syllabuses first."


def no_qualification(name: str, known: Iterable[str]) -> str:
    return f"There is no qualification {quoted(name)}. Write one of: {'; '.join(sorted(known))}."
