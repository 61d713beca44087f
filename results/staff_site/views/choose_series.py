"""Choose a series and a centre."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import series_for, viewed_centres
from centres.forms.series import SeriesForm

VIEWS = {
    "qualification": "results:centre",
    "candidate": "results:candidates",
}


@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    centres = viewed_centres(request.user)
    series = list(series_for(centres))
    by = request.GET.get("by", "")
    form = SeriesForm(
        request.GET if "series" in request.GET else None,
        series=series,
        centres=list(centres),
        by=by if by in VIEWS else "",
    )
    if form.is_valid():
        number = form.cleaned_data.get("centre") or centres[0].number
        return redirect(_view(request), form.cleaned_data["series"], number)
    return render(
        request,
        "results/choose_series.html",
        {"form": form, "series": series, "centres": centres},
    )


def _view(request: StaffRequest) -> str:
    return VIEWS.get(request.GET.get("by", ""), VIEWS["qualification"])
