"""Watch letters being made, download them (rules 12 and 14 to 17)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from centres.access import Desk, StaffRequest, desk_for
from credentials import files, issuing
from credentials.making import retry as retry_letters
from credentials.models import LetterFile


@require_safe
def show(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    desk = desk_for(request.user, series, centre)
    return render(request, "credentials/letters.html", {"desk": desk, "file": _file(desk, file)})


@require_safe
def progress(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    """The part of the page that htmx asks for again and again until the letters are done."""
    desk = desk_for(request.user, series, centre)
    return render(request, "credentials/_progress.html", {"desk": desk, "file": _file(desk, file)})


@require_GET
def download(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    desk = desk_for(request.user, series, centre)
    letter_file = _file(desk, file)
    try:
        pdf = files.download(letter_file=letter_file, by=request.user)
    except files.NotToBeHad as error:
        messages.error(request, str(error))
        return redirect("candidate_results:letters", series, centre, file)
    name = f"letters-{desk.series.slug}-{desk.centre.number}-{letter_file.asked_at:%Y%m%d-%H%M}.pdf"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    desk = desk_for(request.user, series, centre)
    letter_file = _file(desk, file)
    if request.method == "POST":
        try:
            retry_letters(letter_file=letter_file, by=request.user)
        except issuing.CannotCreate as error:
            messages.error(request, str(error))
    return redirect("candidate_results:letters", series, centre, file)


def _file(desk: Desk, file: UUID) -> LetterFile:
    """Without access, staff of an Associate Centre can do nothing, so there is no file (rule 9)."""
    if not desk.acts_for_associate and not desk.terms().access:
        raise Http404
    found = files.letter_files_of(desk.centre, desk.series, only=file)
    if not found:
        raise Http404
    return found[0]
