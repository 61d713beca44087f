"""The calendar of series and releases, a year on a page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from board.calendar import WEEKDAYS, WORDS, year_of
from core.dates import board_clock, zone_all_year

FIRST, LAST = 2000, 2100


@require_safe
def show(request: StaffRequest, year: int | None = None) -> HttpResponse:
    if year is not None and not FIRST <= year <= LAST:
        raise Http404
    shown = year_of(year)
    context = {
        "year": shown,
        "weekdays": WEEKDAYS,
        "kinds": WORDS.items(),
        "zone": zone_all_year(board_clock(), shown.number),
    }
    return render(request, "board/calendar.html", context)
