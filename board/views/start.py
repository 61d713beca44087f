"""Home of the board: the next release, what is told of sealed results, what waits for a second person, the last loads,
and how the service is.

What costs more than a page may is fetched after it (`board.figures`); without a script, by a link.
"""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import four_eyes
from accounts.requests import StaffRequest
from board import audit_search, figures
from board.calendar import Event, events, next_release
from board.models import ProposedRelease
from board.to_do import to_do
from centres.models import Series
from loading.models import LoadedFile
from results.models import Hold
from sealed.notices import notices

LOADS, EVENTS = 5, 5


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    found = _figures(at, count="count" in request.GET)
    waiting = to_do(request.user)
    able = four_eyes.can_be_finished_by(request.user.username, [one.by for one in waiting])
    mine = [one.by in able if one.mine is None else one.mine for one in waiting]
    context = {
        **found,
        "waiting": waiting,
        "sealed": notices(at),
        "mine": sum(mine),
        "loads": LoadedFile.objects.given().select_related("file")[:LOADS],
        "events": audit_search.latest(EVENTS),
        "service": figures.service(at) if "count" in request.GET else figures.known_service(),
        "at": at,
    }
    return render(request, "board/start.html", context)


@require_safe
def show_figures(request: StaffRequest) -> HttpResponse:
    return render(request, "board/_figures.html", _figures(timezone.now(), count=True))


@require_safe
def show_service(request: StaffRequest) -> HttpResponse:
    return render(request, "board/_service.html", {"service": figures.service(timezone.now())})


def _figures(at: dt.datetime, *, count: bool) -> dict[str, Any]:
    coming = next_release(events(), at)
    series = figures.present_series(coming, at)
    return {
        "coming": coming,
        "proposal": _proposal(coming),
        "series": series,
        "figures": _counted(series, count),
        "holds": Hold.objects.in_force().count(),
        "at": at,
    }


def _counted(series: Series | None, count: bool) -> dict[str, Any] | None:
    if series is None:
        return None
    return figures.counted(series) if count else figures.known(series)


def _proposal(coming: Event | None) -> ProposedRelease | None:
    """Another time for the next release, which waits."""
    if coming is None:
        return None
    waiting = ProposedRelease.objects.waiting()
    return waiting.filter(series=coming.series, qualification=coming.qualification).first()
