"""Choose a series and a centre; then, on every page, another of one's centres."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import associates_of, series_for, viewed_centres, viewing_for
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


@require_safe
def change_subcentre(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """*change Subcentre*: look at another of the main centre's Associate Centres (rule 13)."""
    acting = viewing_for(request.user, series, centre)
    wanted = request.GET.get("subcentre", "")
    if wanted not in {centre.number for centre in (acting.home, *associates_of(acting.home))}:
        raise Http404
    return redirect(_view(request), acting.series.slug, wanted)


def _view(request: StaffRequest) -> str:
    return VIEWS.get(request.GET.get("by", ""), VIEWS["qualification"])
