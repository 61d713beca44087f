"""The audit trail of one centre, for everybody who may act for it."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from centres.access import SignedInRequest, acting_for
from centres.models import AuditEvent


@require_safe
def show(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    trail = AuditEvent.objects.filter(centre=acting.centre.number)  # newest first
    page = Paginator(trail, 50).get_page(request.GET.get("page"))
    return render(request, "centres/audit.html", {"acting": acting, "page": page})
