"""The series, sealed or not: what was given of each, from when it may be opened, and its sealing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from centres.models import Series
from results.models import Result
from sealed import ring, signatures
from sealed.forms import SealForm
from sealed.models import Ceremony, Opening, Seal, SealedFile
from sealed.refused import Refused


@dataclass(frozen=True)
class Row:
    """A series in the list; `files`: how many are to be opened, or were."""

    series: Series
    seal: Seal | None
    opening: Opening | None
    files: int


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """Every series that is sealed, was, or can be."""
    has_results = Exists(Result.objects.filter(entry__candidate__series=OuterRef("pk")))
    found = Series.objects.annotate(has_results=has_results).select_related("seal__opening")
    rows = []
    for series in found.filter(Q(seal__isnull=False) | Q(has_results=False)):
        seal = getattr(series, "seal", None)
        files = seal.files.filter(replaced_at=None).count() if seal else 0
        rows.append(Row(series, seal, getattr(seal, "opening", None), files))
    context = {
        "rows": rows,
        "ring": ring.ring(),
        "fewest": ring.FEWEST,
        "under_way": Ceremony.objects.under_way().select_related("seal__series").first(),
        "ceremonies": Ceremony.objects.select_related("seal__series").prefetch_related(
            "turns__keyholder__user"
        )[:10],
        "at": timezone.now(),
    }
    return render(request, "sealed/start.html", context)


@require_safe
def show(request: StaffRequest, series: str) -> HttpResponse:
    """What was given of one series: counts, and nothing that tells a grade."""
    seal = sealed(series)
    files = [(file, signatures.is_signed(file)) for file in seal.files.select_related("file")]
    context = {
        "seal": seal,
        "files": files,
        "to_open": sum(is_to_open(file) for file, _ in files),
        "opening": getattr(seal, "opening", None),
        "under_way": Ceremony.objects.under_way().select_related("seal__series").first(),
        "at": timezone.now(),
    }
    return render(request, "sealed/series.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: StaffRequest, series: str) -> HttpResponse:
    """What sealing means, and from when two may open it; then it is sealed."""
    require_recent_password(request)
    wanted, holders = named(series), ring.ring()
    try:
        ring.check(wanted, holders)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("sealed:start")
    moment = ring.usual_moment(wanted)
    form = SealForm(request.POST or None, initial=SealForm.initial_of(moment))
    if form.is_valid() and _sealed(form, wanted, by=request):
        messages.success(
            request, f"{wanted} is sealed. Its results files are given here from now on."
        )
        return redirect("sealed:series", wanted.slug)
    context: dict[str, Any] = {
        "series": wanted,
        "form": form,
        "moment": moment,
        "ring": holders,
    }
    return render(request, "sealed/ask_seal.html", context)


def _sealed(form: SealForm, series: Series, *, by: StaffRequest) -> bool:
    """Whether it is; why not, stands on the form."""
    moment: dt.datetime = form.cleaned_data["opens_from"]
    try:
        ring.seal_series(series, by=by.user, opens_from=moment)
    except Refused as why:
        form.add_error(None, str(why))
    return not form.errors


def named(series: str) -> Series:
    try:
        return Series.objects.named(series)
    except Series.DoesNotExist:
        raise Http404 from None


def sealed(series: str) -> Seal:
    """The seal of this series, which may have been opened."""
    found = Seal.objects.filter(series=named(series)).select_related("series", "opening").first()
    if found is None:
        raise Http404
    return found


def is_to_open(file: SealedFile) -> bool:
    return file.replaced_at is None and file.loaded_at is None
