"""A candidate, from whom a result is corrected or held."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from board import candidates
from centres.models import Candidate, Series


@require_safe
def show(request: StaffRequest, series: str, centre: str, number: str) -> HttpResponse:
    try:
        within = Series.objects.named(series)
    except Series.DoesNotExist:
        raise Http404 from None
    rows = Candidate.objects.select_related("centre", "series")
    found = get_object_or_404(rows, series=within, centre__number=centre, number=number)
    context = {
        "candidate": found,
        "entries": candidates.entries_of(found),
        "login": candidates.login_of(found),
    }
    return render(request, "board/candidate.html", context)
