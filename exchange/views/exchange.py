"""The page of one exchange: its folders, what is new first."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from exchange import uploads
from exchange.access import exchange_for
from exchange.forms import FilterForm
from exchange.listing import Filter, VersionRow, newest_in, series_in

AT_ONCE = 50


@require_safe
def show(request: StaffRequest, centre: str, other: str) -> HttpResponse:
    exchange = exchange_for(request.user, centre, other)
    wanted = Filter.asked(request.GET.dict())
    page = Paginator(newest_in(exchange, wanted), AT_ONCE).get_page(request.GET.get("page"))
    return render(
        request,
        "exchange/exchange.html",
        {
            "exchange": exchange,
            "page": page,
            "unfinished": len(uploads.unfinished(exchange)) if exchange.may_upload else 0,
            "rows": [VersionRow(version, exchange) for version in page.object_list],
            "filtered": wanted != Filter(),
            "form": FilterForm(request.GET or None, series=series_in(exchange)),
        },
    )
