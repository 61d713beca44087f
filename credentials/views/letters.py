"""Watch letters being made, download them (rules 12 and 14 to 17)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.reauthentication import (
    confirmed_download,
    reauthenticate_for_download,
    require_recent_password,
)
from accounts.requests import StaffRequest
from centres.access import ActingFor, acting_for
from centres.status import arrangement_for, remember_language
from centres.ticks import ticked_numbers
from core.http import attachment
from credentials.letters.downloads import CannotDownload
from credentials.letters.downloads import download as download_letters
from credentials.letters.eligibility import CannotCreate
from credentials.letters.forms import DownloadForm
from credentials.letters.letter_files import MOST_NAMED, files_of_letters, letter_files_of
from credentials.letters.retention import kept_until
from credentials.letters.share import has_room, may_share, name_of, share_letters
from credentials.letters.tasks import retry as retry_letters
from credentials.models import LetterFile
from exchange.access import exchange_for_upload
from exchange.quota import CannotUpload


@require_safe
def show(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    letter_file = _file(acting, file)
    form = _form(acting, letter_file, None, initial=request.GET.dict())
    return _page(request, acting, letter_file, form)


@require_http_methods(["GET", "HEAD", "POST"])
def show_all(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """All letter files of the centre in the series; or those that hold the letters of whoever is ticked, and
    straight to the one that holds them all."""
    acting = acting_for(request.user, series, centre)
    found = letter_files_of(acting.centre, acting.series) if acting.may_act() else []
    ticked = ticked_numbers(request.POST)
    held = files_of_letters(found, ticked) if ticked else []
    if ticked and not held:
        messages.error(request, "No ticked candidate has a letter. Create credentials first.")
        return redirect("credentials:centre", series, centre)
    if beside := sum(one.beside for one in held):
        others = (
            f"{beside:,} letter{'' if beside == 1 else 's'} of candidates whom you did not tick"
        )
        said = f"You ticked more than {MOST_NAMED}, the most that one download can name. It holds {others}, too."
        messages.warning(request, said)
    if len(held) == 1:
        page = reverse("credentials:letter_file", args=[series, centre, held[0].pk])
        return redirect(page + held[0].part)
    context = {"acting": acting, "files": held or found, "count": len(found), "ticked": len(ticked)}
    return render(request, "credentials/letter_files.html", context)


@require_safe
def progress(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    """The part of the page that htmx asks for again and again until the letters are done."""
    acting = acting_for(request.user, series, centre)
    context = {**_told(acting, _file(acting, file)), "alone": True}
    return render(request, "credentials/_progress.html", context)


@require_GET
def download(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponseBase:
    """The PDF, or the zip of one for each candidate."""
    acting = acting_for(request.user, series, centre)
    letter_file = _file(acting, file)
    here = reverse("credentials:letter_file", args=[series, centre, file])
    if asked := reauthenticate_for_download(request, back_to=here):
        return asked
    form = _form(acting, letter_file, request.GET)
    if not form.is_valid():
        return _page(request, acting, letter_file, form)
    choice = form.choice()
    try:
        made = download_letters(letter_file=letter_file, by=request.user, choice=choice)
    except CannotDownload as error:
        messages.error(request, str(error))
        return redirect(f"{here}?{request.GET.urlencode()}")
    if not choice.only:  # one family's language is not the centre's
        language = choice.printing.language
        remember_language(centre=acting.centre, series=acting.series, language=language)
    name = f"{name_of(letter_file)}.{'zip' if choice.each else 'pdf'}"
    return attachment(b"".join(made) if isinstance(made, list) else made, name)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    """For an Associate Centre: as a download, the password again first, and then an ask page."""
    acting = acting_for(request.user, series, centre)
    letter_file = _file(acting, file)
    if not acting.acts_for_associate:
        raise Http404
    exchange = exchange_for_upload(request.user, centre, acting.home.number)
    require_recent_password(request)
    form = _form(acting, letter_file, request.GET)
    if not form.is_valid():
        return _page(request, acting, letter_file, form)
    if request.method != "POST":
        context = {**_told(acting, letter_file), "kept_until": kept_until(letter_file)}
        return render(request, "credentials/ask_share.html", context)
    try:
        version = share_letters(
            letter_file=letter_file,
            exchange=exchange,
            by=request.user,
            choice=form.choice(),
        )
    except (CannotDownload, CannotUpload) as error:
        messages.error(request, str(error))
        return redirect("credentials:letter_file", series, centre, file)
    messages.success(request, f"The letters are in File Exchange, for {acting.centre}.")
    return redirect("exchange:file", *exchange.address, version.file_id)


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: StaffRequest, series: str, centre: str, file: UUID) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    letter_file = _file(acting, file)
    if request.method == "POST":
        try:
            retry_letters(letter_file=letter_file, by=request.user)
        except CannotCreate as error:
            messages.error(request, str(error))
    return redirect("credentials:letter_file", series, centre, file)


def _file(acting: ActingFor, file: UUID) -> LetterFile:
    found = letter_files_of(acting.centre, acting.series, only=file) if acting.may_act() else []
    if not found:
        raise Http404
    return found[0]


def _form(
    acting: ActingFor, file: LetterFile, asked: QueryDict | None, **kwargs: Any
) -> DownloadForm:
    address = (acting.series.slug, acting.centre.number, file.pk)
    share_at = reverse("credentials:letter_file_share", args=address) if may_share(acting) else ""
    return DownloadForm(
        asked,
        action=reverse("credentials:letter_file_download", args=address),
        language=arrangement_for(acting.centre, acting.series).letter_language,
        file=file,
        share_at=share_at,
        has_room=not share_at or has_room(acting),
        **kwargs,
    )


def _page(
    request: StaffRequest, acting: ActingFor, file: LetterFile, form: DownloadForm
) -> HttpResponse:
    context = {
        "form": form,
        "kept_until": kept_until(file),
        "confirmed": confirmed_download(request),
    }
    return render(request, "credentials/letter_file.html", context | _told(acting, file))


def _told(acting: ActingFor, file: LetterFile) -> dict[str, Any]:
    """How far it is; `single`: the login of the one letter in it."""
    single = file.credentials.select_related("candidate").first() if file.done == 1 else None
    keeping = settings.LETTER_RETENTION.days
    return {"acting": acting, "file": file, "single": single, "keeping": keeping}
