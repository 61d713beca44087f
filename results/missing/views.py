"""*What is missing*: of how many entries nothing can be shown, by syllabus and by centre, to file."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, associates_of, viewing_for
from centres.models import Entry, Release
from core import gate_clock
from core.dates import in_file_name
from core.http import attachment
from results.exports.selection import Selection
from results.missing import missing
from results.staff_site.context import framed


@dataclass(frozen=True)
class Asked:
    """The entries of a centre, at a main centre those of its Associate Centres too, whose outcomes this
    person sees by now."""

    entries: QuerySet[Entry]
    releases: Collection[Release]
    together: bool


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    asked = _asked(acting)
    syllabuses = list(missing.counted(asked.entries, missing.NOT_SHOWN, **missing.SYLLABUS))
    centres = (
        list(missing.counted(asked.entries, missing.NOT_SHOWN, **missing.CENTRE))
        if asked.together
        else []
    )
    return render(
        request,
        "results/missing.html",
        framed(
            acting,
            restricted={},
            awaited={},
            view="missing",
            together=asked.together,
            releases=asked.releases,
            syllabuses=syllabuses,
            has_entries=bool(syllabuses) or asked.entries.filter(withdrawn=False).exists(),
            centres=centres,
            total=sum(one["missing"] for one in syllabuses),
        ),
    )


@require_GET
def download(request: StaffRequest, series: str, centre: str) -> HttpResponseBase:
    acting = viewing_for(request.user, series, centre)
    asked = _asked(acting)
    file = missing.file_of(
        asked.entries,
        missing.NOT_SHOWN,
        acting.series,
        asked.releases,
        head="Nothing to show",  # for it may be held
    )
    made = in_file_name(gate_clock.now(), acting.centre)
    return attachment(file, f"missing-{acting.series.slug}-{acting.centre.number}-{made}.csv")


def _asked(acting: ActingFor) -> Asked:
    together = associates_of(acting.centre).exists()
    selection = Selection(acting.user, acting.centre, acting.series, together)
    entries = missing.open_to(acting.user, selection.entries)
    return Asked(entries, list(missing.releases_of(entries, acting.series)), together)
