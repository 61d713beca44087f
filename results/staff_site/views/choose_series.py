"""The way in: the present series at once; a page to choose a series, where there is none or somebody has several
centres."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import homes_of, series_for, viewed_centres
from centres.forms.series import SeriesForm
from centres.present_series import present_of

VIEWS = {"qualification": "results:centre", "candidate": "results:candidates"}


@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    """The series menu of its pages leads to any other."""
    centres, homes = viewed_centres(request.user), list(homes_of(request.user))
    series = list(series_for(centres).prefetch_related("releases"))
    by = request.GET.get("by", "")
    view = VIEWS.get(by, VIEWS["qualification"])
    asked = request.GET if "series" in request.GET else None
    present = present_of(series, timezone.now())
    if present and not asked and len(homes) == 1:
        return redirect(view, present.slug, homes[0].number)
    form = SeriesForm(
        asked,
        series=series,
        centres=list(centres),
        by=by if by in VIEWS else "",
    )
    if form.is_valid():
        number = form.cleaned_data.get("centre") or centres[0].number
        return redirect(view, form.cleaned_data["series"], number)
    context = {"form": form, "series": series, "centres": centres}
    return render(request, "results/choose_series.html", context)
