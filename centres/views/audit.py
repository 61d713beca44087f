"""The audit trail of one centre, for everybody who may act for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from centres.access import SignedInRequest, acting_for
from centres.audit_listing import trail_of


@require_safe
def show(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    trail = trail_of(acting.centre, kind=request.GET.get("kind"), page=request.GET.get("page"))
    return render(
        request, "centres/audit.html", {"acting": acting, "trail": trail, "page": trail.page}
    )
