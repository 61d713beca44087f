"""*Results day*: who has seen results, live, and whom to telephone (rules 13, 19)."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, acting_for, associates_of
from centres.models import Centre
from core import gate_clock
from core.dates import in_file_name
from core.http import attachment
from core.searching import found, searched_for
from results_day.call_list import download as download_list
from results_day.counts import (
    attention_first,
    day_of,
    to_telephone,
    total,
    with_associates,
)
from results_day.sign_ins import sign_ins_of

ATTENTION, BY_NUMBER = "not-seen", "centre"
SORTS = {ATTENTION: "Most not yet seen first", BY_NUMBER: "By centre number"}


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """The page; for htmx, which asks for it again and again, only the part that changes."""
    acting = acting_for(request.user, series, centre)
    at = gate_clock.now()
    rows = day_of(with_associates(acting.centre), acting.series, at=at)
    search = searched_for(request.GET)
    shown = [row for row in rows if found(search, f"{row.centre.number} {row.centre.name}")]
    sort = BY_NUMBER if request.GET.get("sort") == BY_NUMBER else ATTENTION
    part = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "results_day/_results_day.html" if part else "results_day/results_day.html",
        {
            "acting": acting,
            "at": at,
            "count": len(rows),
            "total": total(rows),
            "begun": any(row.begun for row in rows),
            "sign_ins": sign_ins_of(
                [row.centre for row in rows], acting.series, acting.centre, at=at
            ),
            "page": Paginator(attention_first(shown) if sort == ATTENTION else shown, 100).get_page(
                request.GET.get("page")
            ),
            "sort": sort,
            "sorts": SORTS.items(),
            "search": search,
            "still": "still" in request.GET,
        },
    )


@require_safe
def call_list(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Whom to telephone at this centre or, `?together`, at whatever is attached to it as well."""
    acting = acting_for(request.user, series, centre)
    at = gate_clock.now()
    centres = _centres(request, acting)
    rows = day_of(centres, acting.series, at=at)
    candidates = to_telephone(centres, acting.series, at=at)
    return render(
        request,
        "results_day/call_list.html",
        {
            "acting": acting,
            "at": at,
            "has_associates": associates_of(acting.centre).exists(),
            "together": "together" in request.GET,
            "rows": rows,
            "total": total(rows),
            "not_begun": [row for row in rows if not row.begun],
            "page": Paginator(candidates, 500).get_page(request.GET.get("page")),
        },
    )


@require_GET
def download(request: StaffRequest, series: str, centre: str) -> HttpResponseBase:
    """The same list as a CSV."""
    acting = acting_for(request.user, series, centre)
    at = gate_clock.now()
    name = f"not-seen-{acting.series.slug}-{acting.centre.number}-{in_file_name(at, acting.centre)}.csv"
    candidates = to_telephone(_centres(request, acting), acting.series, at=at)
    return attachment(
        download_list(candidates=candidates, series=acting.series, by=request.user), name
    )


def _centres(request: StaffRequest, acting: ActingFor) -> QuerySet[Centre]:
    if "together" in request.GET:
        return with_associates(acting.centre)
    return Centre.objects.filter(pk=acting.centre.pk)
