"""The audit trail of one centre, readable by whoever may act for it."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from centres.access import SignedInRequest, acting_for
from centres.audit import trail_of


@require_safe
def show(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    page = Paginator(trail_of(acting.centre), 50).get_page(request.GET.get("page"))
    return render(request, "centres/audit.html", {"acting": acting, "page": page})
