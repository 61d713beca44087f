"""What is missing: valid entries of a series without a result, by syllabus and by centre, to file. Of a series that
is sealed, by syllabus alone (`sealed.missing`)."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.models import Entry, EntryQuerySet, Release, Series
from core import gate_clock
from core.dates import board_clock, in_file_name
from core.http import attachment
from results.missing import missing
from sealed.missing import by_syllabus

CENTRES_A_PAGE = 100


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    series = _series(request)
    context: dict[str, Any] = {"series": series, "all_series": Series.objects.all()}
    if series:
        entries, syllabuses, centres = _entries(series), by_syllabus(series), []
        sealed = syllabuses is not None
        if syllabuses is None:
            syllabuses = list(missing.counted(entries, missing.NOT_STORED, **missing.SYLLABUS))
            centres = list(missing.counted(entries, missing.NOT_STORED, **missing.CENTRE))
        context |= {
            "releases": _releases(series),
            "syllabuses": syllabuses,
            "has_entries": bool(syllabuses) or entries.valid().exists(),
            "sealed": sealed,
            "page": Paginator(centres, CENTRES_A_PAGE).get_page(request.GET.get("page")),
            "total": sum(one["missing"] for one in syllabuses),
        }
    return render(request, "board/missing.html", context)


@require_safe
def download(request: StaffRequest) -> HttpResponseBase:
    series = _series(request)
    if series is None or by_syllabus(series) is not None:
        return show(request)
    entries, releases = _entries(series), _releases(series)
    head = "Without a result"
    file = missing.file_of(entries, missing.NOT_STORED, series, releases, head=head)
    made = in_file_name(gate_clock.now(), board_clock())
    return attachment(file, f"missing-{series.slug}-{made}.csv")


def _series(request: StaffRequest) -> Series | None:
    """The one that the address names; without a name, the one whose release is nearest."""
    if named := request.GET.get("series"):
        try:
            return Series.objects.named(named)
        except Series.DoesNotExist:
            raise Http404 from None
    at_hand = missing.releases_at_hand(gate_clock.now()).select_related("series")
    nearest = at_hand.order_by("-candidates_at").first()
    return nearest.series if nearest else Series.objects.first()


def _entries(series: Series) -> EntryQuerySet:
    return Entry.objects.filter(candidate__series=series)


def _releases(series: Series) -> list[Release]:
    found = Release.objects.filter(series=series).select_related("qualification")
    return list(found.order_by("candidates_at", "qualification__name"))
