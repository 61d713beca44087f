"""*View entries and results*: choose a series and a centre, then its candidates, what they are
entered for, and the outcomes that `results.staff_release` lets this person see."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from centres.access import StaffRequest, series_for, viewed_centres, viewing_desk_for
from centres.forms import SeriesForm
from centres.models import Candidate
from centres.times import moments
from results.staff_release import outcomes_for

CANDIDATES_A_PAGE = 100


@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    centres = viewed_centres(request.user)
    series = list(series_for(centres))
    form = SeriesForm(
        request.GET if "series" in request.GET else None, series=series, centres=list(centres)
    )
    if form.is_valid():
        number = form.cleaned_data.get("centre") or centres[0].number
        return redirect("entries_and_results:centre", form.cleaned_data["series"], number)
    return render(
        request,
        "entries_and_results/choose.html",
        {"form": form, "series": series, "centres": centres},
    )


@require_safe
def centre(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    desk = viewing_desk_for(request.user, series, centre)
    candidates = Candidate.objects.filter(centre=desk.centre, series=desk.series).order_by("number")
    page = Paginator(candidates, CANDIDATES_A_PAGE).get_page(request.GET.get("page"))
    outcomes = outcomes_for(desk.centre, desk.series, user=desk.user, candidates=page.object_list)
    restricted = {
        one.qualification: one.restricted_until for one in outcomes if one.restricted_until
    }
    return render(
        request,
        "entries_and_results/centre.html",
        {
            "desk": desk,
            "page": page,
            "outcomes": outcomes,
            "restricted": moments(restricted, desk.centre),
        },
    )
