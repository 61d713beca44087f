"""The overview of somebody's exchanges; for the board, with a search by centre."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from core.searching import found, searched_for
from exchange import virus_scan
from exchange.overview import Line, exchanges_of, exchanges_of_board

AT_ONCE = 50
SEARCHED_FROM = 12  # lines, which are in sight at once


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    find = searched_for(request.GET, "find")
    of_staff = exchanges_of(request.user)
    lines = [*(exchanges_of_board(find) if request.user.is_superuser else []), *of_staff]
    if find:
        lines = [line for line in lines if _is_found(line, find)]
    with_new = [line for line in lines if line.new]
    only_new = request.GET.get("show") == "new"
    page = Paginator(with_new if only_new else lines, AT_ONCE).get_page(request.GET.get("page"))
    return render(
        request,
        "exchange/overview.html",
        {
            "page": page,
            "counts": {"all": len(lines), "new": len(with_new)},
            "only_new": only_new,
            "find": find,
            "searched": find or len(lines) > SEARCHED_FROM or request.user.is_superuser,
            "unscanned": request.user.is_superuser and not virus_scan.is_there(),
        },
    )


def _is_found(line: Line, find: str) -> bool:
    centres = (line.centre, line.main) if line.main else (line.centre,)
    return any(found(find, str(centre)) for centre in centres)
