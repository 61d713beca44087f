"""The list of one exchange, and of all exchanges of a centre, the tab *Files* of a series: new files first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import viewing_for
from exchange import uploads
from exchange.access import Exchange, exchange_for, exchanges_at
from exchange.listing import FileList, Filter


@require_safe
def show(request: StaffRequest, centre: str, other: str) -> HttpResponse:
    exchange = exchange_for(request.user, centre, other)
    return render(
        request,
        "exchange/exchange.html",
        {
            "exchange": exchange,
            "list": _list(request, [exchange]),
            "unfinished": len(uploads.unfinished(exchange)) if exchange.may_upload else 0,
        },
    )


@require_safe
def show_centre(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Files of every series: File Exchange knows none but as a folder."""
    acting = viewing_for(request.user, series, centre)
    exchanges = exchanges_at(request.user, acting.centre)
    return render(
        request,
        "exchange/centre.html",
        {"acting": acting, "exchanges": exchanges, "list": _list(request, exchanges)},
    )


def _list(request: StaffRequest, exchanges: list[Exchange]) -> FileList:
    return FileList(exchanges, Filter.asked(request.GET.dict()), request.GET.get("page"))
