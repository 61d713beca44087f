"""Letters for many centres in one go: watch them being made, try again, download the zip (rule 17)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.reauthentication import confirmed_download, reauthenticate_for_download
from accounts.requests import StaffRequest
from centres.access import ActingFor, acting_for_main
from core.dates import in_file_name
from core.http import attachment
from credentials.associates.batch_progress import progress_of, retry_failed
from credentials.associates.batch_zip import parts_of, zip_of
from credentials.models import LetterBatch


@require_safe
def show(request: StaffRequest, series: str, centre: str, batch: UUID) -> HttpResponse:
    acting = acting_for_main(request.user, series, centre)
    return _page(request, "credentials/batch.html", acting, _batch(acting, batch))


@require_safe
def progress(request: StaffRequest, series: str, centre: str, batch: UUID) -> HttpResponse:
    """The part of the page that htmx asks for again and again until the letters are done."""
    acting = acting_for_main(request.user, series, centre)
    return _page(request, "credentials/_batch_progress.html", acting, _batch(acting, batch))


@require_GET
def download(request: StaffRequest, series: str, centre: str, batch: UUID) -> HttpResponseBase:
    acting = acting_for_main(request.user, series, centre)
    found = _batch(acting, batch)
    here = reverse("credentials:batch", args=[series, centre, batch])
    if asked := reauthenticate_for_download(request, back_to=here):
        return asked
    parts = parts_of(found) if progress_of(found).may_be_taken else []
    part = next((one for one in parts if str(one.number) == request.GET.get("part", "1")), None)
    if part is None:
        messages.error(request, "There is no such zip to download now. This page says why.")
        return redirect("credentials:batch", series, centre, batch)
    asked_at = in_file_name(found.asked_at, acting.centre)
    name = f"letters-{acting.series.slug}-{acting.centre.number}-{asked_at}"
    if len(parts) > 1:
        name += f"-part-{part.number}"
    return attachment(zip_of(found, part, by=request.user), f"{name}.zip")


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: StaffRequest, series: str, centre: str, batch: UUID) -> HttpResponse:
    """*Try again*, for one file or for all that failed."""
    acting = acting_for_main(request.user, series, centre)
    found = _batch(acting, batch)
    if request.method == "POST":
        for reason in retry_failed(batch=found, by=request.user, only=_file(request)):
            messages.error(request, reason)
    return redirect("credentials:batch", series, centre, batch)


def _page(
    request: StaffRequest, template: str, acting: ActingFor, batch: LetterBatch
) -> HttpResponse:
    progress = progress_of(batch)
    zips = parts_of(batch) if progress.may_be_taken else []
    return render(
        request,
        template,
        {
            "acting": acting,
            "progress": progress,
            "zips": zips,
            "confirmed": confirmed_download(request),
        },
    )


def _batch(acting: ActingFor, batch: UUID) -> LetterBatch:
    """The main centre's own; that of another answers as one that does not exist."""
    found = LetterBatch.objects.filter(pk=batch, main=acting.centre, series=acting.series).first()
    if found is None:
        raise Http404
    return found


def _file(request: StaffRequest) -> UUID | None:
    try:
        return UUID(request.POST["file"]) if "file" in request.POST else None
    except ValueError:
        raise Http404 from None
