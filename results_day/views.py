"""*Results day*: who has seen results, live, and whom to call (rules 13, 19)."""

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
from results_day.call_list import AT_ONCE, SHEET, by_centre
from results_day.call_list import download as download_list
from results_day.counts import day_of, opening_in, to_call, total, with_associates
from results_day.listing import SORTS, listing
from results_day.sign_ins import HOUR, sign_ins_of


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """The page; for htmx, which asks for it again and again, only the part that changes."""
    acting = acting_for(request.user, series, centre)
    at = gate_clock.now()
    rows = day_of(with_associates(acting.centre), acting.series, at=at)
    those = listing(rows, request.GET)
    part = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "results_day/_results_day.html" if part else "results_day/results_day.html",
        {
            "acting": acting,
            "at": at,
            "rows": rows,
            "total": total(rows),
            "late": sum(row.counts.not_seen > 0 for row in rows),
            "not_open": sum(row.counts.not_open > 0 for row in rows),
            "lacking": [row.centre for row in rows if row.counts.without_letter],
            "sign_ins": sign_ins_of(
                [row.centre for row in rows],
                acting.series,
                acting.centre,
                opened=opening_in(rows, since=at - HOUR),
                at=at,
            ),
            "list": those,
            "page": Paginator(those.shown, 100).get_page(request.GET.get("page")),
            "sorts": SORTS.items(),
            "still": "still" in request.GET,
            "part": part,
        },
    )


@require_safe
def call_list(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Whom to call at this centre or, `?together`, at whatever is attached to it as well."""
    acting = acting_for(request.user, series, centre)
    at = gate_clock.now()
    centres = _centres(request, acting)
    rows = day_of(centres, acting.series, at=at)
    candidates = to_call(centres, acting.series, at=at)
    page = Paginator(candidates, AT_ONCE).get_page(request.GET.get("page"))
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
            "page": page,
            "per_sheet": SHEET,
            "sheets": by_centre(page, rows),
        },
    )


@require_GET
def download(request: StaffRequest, series: str, centre: str) -> HttpResponseBase:
    """The same list as a CSV."""
    acting = acting_for(request.user, series, centre)
    at = gate_clock.now()
    name = f"call-list-{acting.series.slug}-{acting.centre.number}-{in_file_name(at, acting.centre)}.csv"
    candidates = to_call(_centres(request, acting), acting.series, at=at)
    return attachment(
        download_list(candidates=candidates, series=acting.series, by=request.user), name
    )


def _centres(request: StaffRequest, acting: ActingFor) -> QuerySet[Centre]:
    if "together" in request.GET:
        return with_associates(acting.centre)
    return Centre.objects.filter(pk=acting.centre.pk)
