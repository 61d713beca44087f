"""The opening of a series: how far its load is, which rows do not fit, and another try within the hour."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import StaffRequest
from core import encrypted_files, jobs
from core.http import attachment
from sealed import opening as rules
from sealed.models import Opening
from sealed.views.series import sealed


@require_safe
def show(request: StaffRequest, series: str) -> HttpResponse:
    return _page(request, series, "sealed/opening.html")


@require_safe
def progress(request: StaffRequest, series: str) -> HttpResponse:
    """The part of the page that htmx asks for until all is loaded."""
    return _page(request, series, "sealed/_opening.html")


def _page(request: StaffRequest, series: str, template: str) -> HttpResponse:
    opening = _opening(series)
    again = rules.can_try_again(opening)
    return render(request, template, {"opening": opening, "seal": opening.seal, "again": again})


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: StaffRequest, series: str) -> HttpResponse:
    """While its key is there, the keyholders are not needed again."""
    opening = _opening(series)
    if request.method == "POST":
        if rules.can_try_again(opening):
            jobs.try_again(opening)
        else:
            messages.error(request, rules.TOO_LATE)
    return redirect("sealed:opening", series)


@require_safe
def bad_rows(request: StaffRequest, series: str) -> HttpResponseBase:
    """Every row that does not fit, as a CSV."""
    opening = _opening(series)
    if opening.faults is None or not opening.found.get("bad"):
        return redirect("sealed:opening", series)
    return attachment(
        encrypted_files.stream(opening.faults), f"bad-rows-{opening.seal.series.slug}.csv"
    )


def _opening(series: str) -> Opening:
    found = Opening.objects.filter(seal=sealed(series)).select_related("seal__series", "faults")
    opening = found.first()
    if opening is None:
        raise Http404
    return opening
