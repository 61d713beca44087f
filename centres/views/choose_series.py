"""*Candidate Results website administration*: choose a series, *Go* (rule 2)."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from centres import access
from centres.access import SignedInRequest
from centres.forms.series import SeriesForm
from centres.models import Centre
from centres.workspace import TABS


@require_safe
def choose_series(request: SignedInRequest) -> HttpResponse:
    homes = list(access.managed_homes(request.user))
    if not homes:
        raise PermissionDenied("results service")
    series = list(access.series_for(Centre.objects.filter(pk__in=[home.pk for home in homes])))
    form = SeriesForm(
        request.GET if "series" in request.GET else None, series=series, centres=homes
    )
    if form.is_valid():
        number = form.cleaned_data.get("centre", homes[0].number)
        return redirect(TABS[0].address(form.cleaned_data["series"], number))
    return render(
        request, "centres/choose_series.html", {"form": form, "series": series, "homes": homes}
    )
