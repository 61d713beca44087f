"""The page of one file: its versions and who downloaded them; download a version, or withdraw one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import confirmed_download, reauthenticate_for_download
from accounts.requests import StaffRequest
from core.ask_pages import AskAgain
from core.encryption import CannotOpen
from exchange import downloads
from exchange.access import exchange_for, exchange_for_upload
from exchange.downloads import CannotDownload, serve
from exchange.listing import VersionRow, file_in, version_in
from exchange.models import Kind
from exchange.version_state import OUT_OF_DATE, standing


@require_safe
def show(request: StaffRequest, centre: str, other: str, file: UUID) -> HttpResponse:
    exchange = exchange_for(request.user, centre, other)
    found = file_in(exchange, file)
    rows = standing(found.versions.all()).prefetch_related("downloads")
    versions = [VersionRow(version, exchange) for version in rows]
    return render(
        request,
        "exchange/file.html",
        {
            "exchange": exchange,
            "file": found,
            "versions": versions,
            "newest_available": next(
                (row for row in versions if row.state.can_be_downloaded), None
            ),
            "confirmed": confirmed_download(request),
            "pending": any(row.state.passes for row in versions),
            "out_of_date": OUT_OF_DATE,
        },
    )


@require_safe
def download(
    request: StaffRequest, centre: str, other: str, file: UUID, number: int
) -> HttpResponseBase:
    exchange = exchange_for(request.user, centre, other)
    version = version_in(exchange, file, number)
    here = reverse("exchange:file", args=[*exchange.address, file])
    try:
        downloads.check(version, exchange)
        letters = version.file.kind == Kind.LETTERS
        if letters and (asked := reauthenticate_for_download(request, back_to=here)):
            return asked
        answer = serve(request, version)
        if request.method == "GET" and answer.status_code in (200, 206):
            a_range = answer.status_code == 206
            downloads.download(version=version, exchange=exchange, by=request.user, a_range=a_range)
    except (CannotDownload, CannotOpen) as error:
        messages.error(request, str(error))
        return redirect(here)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(
    request: StaffRequest, centre: str, other: str, file: UUID, number: int
) -> HttpResponse:
    exchange = exchange_for_upload(request.user, centre, other)
    version = version_in(exchange, file, number)
    context = {"exchange": exchange, "row": VersionRow(version, exchange)}
    if request.method == "POST":
        counted = request.POST.get("counted")
        try:
            downloads.withdraw(version=version, exchange=exchange, by=request.user, counted=counted)
            messages.success(request, f"Version {number} was withdrawn.")
        except CannotDownload as error:
            messages.error(request, str(error))
        except AskAgain:
            context["asked_again"] = True
            return render(request, "exchange/ask_withdraw.html", context)
        return redirect("exchange:file", *exchange.address, file)
    return render(request, "exchange/ask_withdraw.html", context)
