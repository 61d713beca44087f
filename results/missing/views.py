"""*What is missing*: of how many entries nothing can be shown, by syllabus and by centre, to file."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, associates_of, viewing_for
from centres.models import EntryQuerySet, Release
from core import gate_clock
from core.dates import in_file_name
from core.http import attachment
from results.exports.selection import Selection
from results.missing import missing
from results.staff_site.context import framed


@dataclass(frozen=True)
class Asked:
    """The entries of a centre, at a main centre those of its Associate Centres too, whose releases are
    at hand or have come."""

    entries: EntryQuerySet
    not_shown: Q
    releases: Collection[Release]
    together: bool


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    asked = _asked(acting)
    syllabuses = list(missing.counted(asked.entries, asked.not_shown, **missing.SYLLABUS))
    centres = (
        list(missing.counted(asked.entries, asked.not_shown, **missing.CENTRE))
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
            ahead=missing.AHEAD.days,
        ),
    )


@require_GET
def download(request: StaffRequest, series: str, centre: str) -> HttpResponseBase:
    acting = viewing_for(request.user, series, centre)
    asked = _asked(acting)
    head = "Nothing to show"  # for it may be held
    file = missing.file_of(asked.entries, asked.not_shown, acting.series, asked.releases, head=head)
    made = in_file_name(gate_clock.now(), acting.centre)
    return attachment(file, f"missing-{acting.series.slug}-{acting.centre.number}-{made}.csv")


def _asked(acting: ActingFor) -> Asked:
    together = associates_of(acting.centre).exists()
    selection = Selection(acting.user, acting.centre, acting.series, together)
    at_hand = missing.releases_at_hand(gate_clock.now(), series=acting.series)
    releases = list(at_hand.select_related("qualification").order_by("qualification__name"))
    entries = missing.in_releases(selection.entries, releases)
    return Asked(entries, missing.not_shown(acting.series), releases, together)
