"""Find a centre, candidate or person. It is posted, so that no name stands in an address."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.guards import only_searches
from accounts.requests import StaffRequest
from board import figures, search
from board.calendar import events, next_release
from centres.models import Series
from core.searching import searched_for


@only_searches
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    wanted = searched_for(request.POST)
    all_series = list(Series.objects.all())
    series = next((one for one in all_series if one.slug == request.POST.get("series")), None)
    if series is None:
        at = timezone.now()
        series = figures.present_series(next_release(events(), at), at)
    context = {
        "search": wanted,
        "series": series,
        "all_series": all_series,
        "found": search.find(wanted, series),
        "most": search.MOST,
    }
    return render(request, "board/search.html", context)
