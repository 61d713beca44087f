"""*Download results*: choose what; small files come at once, CSV streams, the rest is made in the
background: watch it being made, download it, share it, try again, destroy it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, associates_of, viewing_for
from core.http import attachment
from core.pdf.layout import CannotPrint
from exchange.access import Exchange
from exchange.models import Version
from exchange.quota import CannotUpload
from results.exports import share, tasks
from results.exports.build import file_of, is_small
from results.exports.forms import SHARE, DownloadForm, asked_for
from results.exports.heading import Heading, heading_of
from results.exports.selection import Selection
from results.models import FORMATS, Export, Format, What
from results.staff_site.context import framed

USUAL = {"what": What.BROADSHEET, "format": Format.XLSX}


# --- Choose what, and have it at once if it is small ---------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    if request.method != "POST":
        asked = asked_for(USUAL | request.GET.dict())
        return _form_page(request, acting, _form(acting, None, initial=asked))
    form = _form(acting, asked_for(request.POST.dict()))
    if not form.is_valid():
        return _form_page(request, acting, form)
    selection, what, format = form.chosen(), form.chosen_file.what, form.chosen_file.format
    chosen = {"what": what, "format": format, "pum": form.cleaned_data["pum"]}
    try:
        if not is_small(what, format, selection):
            export = tasks.ask(selection=selection, **chosen)
            return redirect("results:export", series, centre, export.pk)
        if SHARE in request.POST:
            exchange = _exchange(acting)
            version = share.share_now(
                exchange=exchange, by=request.user, selection=selection, **chosen
            )
            return _shared(request, exchange, version)
    except (tasks.TooMany, CannotUpload, CannotPrint) as error:
        form.add_error(None, str(error))
        return _form_page(request, acting, form)
    address = reverse("results:download_file", args=[series, centre, what, format])
    return redirect(f"{address}?{urlencode(_asked(form))}")


@require_GET
def download_file(
    request: StaffRequest, series: str, centre: str, what: str, format: str
) -> HttpResponseBase:
    """The file itself, made now."""
    acting = viewing_for(request.user, series, centre)
    if what not in What.values or format not in FORMATS[What(what)]:
        raise Http404
    asked = {name: said for name, said in request.GET.items() if name != "file"}
    form = _form(acting, asked_for({**asked, "what": what, "format": format}))
    if not form.is_valid():
        return _form_page(request, acting, form)
    selection, pum = form.chosen(), form.cleaned_data["pum"]
    if not is_small(what, format, selection):
        messages.info(
            request,
            "This file takes a while, so it is made in the background: press “Download” here.",
        )
        back = reverse("results:download", args=[series, centre])
        return redirect(f"{back}?{urlencode({**_asked(form), 'what': what, 'format': format})}")
    try:
        made = file_of(what, format, selection, pum=pum)
    except CannotPrint as error:
        messages.error(request, str(error))
        return redirect("results:download", series, centre)
    made.record()
    return attachment(made.content, made.heading.file_name(format))


def _form(acting: ActingFor, data: Any, **kwargs: Any) -> DownloadForm:
    """What is restricted cannot be shared, so that it is not offered either."""
    has_associates = associates_of(acting.centre).exists()
    selection = Selection(acting.user, acting.centre, acting.series)
    most = replace(selection, together=has_associates)
    may_share = bool(partner := _partner(acting)) and not heading_of("", most).restricted
    return DownloadForm(
        data,
        selection=selection,
        has_associates=has_associates,
        partner=partner if may_share else "",
        **kwargs,
    )


def _asked(form: DownloadForm) -> dict[str, str]:
    """What of the address says it, beside what and as what."""
    said = {"pum": form.cleaned_data["pum"], "together": form.chosen_file.together}
    asked = {name: "on" for name, is_so in said.items() if is_so}
    if form.cleaned_data["candidates"].strip():
        asked["candidates"] = form.data["candidates"]
    return asked


def _form_page(request: StaffRequest, acting: ActingFor, form: DownloadForm) -> HttpResponse:
    mine = tasks.exports_of(acting.user, acting.centre, acting.series)
    context = framed_by(heading_of("", form.of), acting, form=form, exports=mine)
    return render(request, "results/download.html", context)


# --- A file that is made in the background -------------------------------------------------------


@require_safe
def show(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    return _export_page(request, "results/export.html", acting, _export(acting, export))


@require_safe
def progress(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    """The part of the page that htmx asks for again and again until the file is ready."""
    acting = viewing_for(request.user, series, centre)
    return _export_page(request, "results/_export.html", acting, _export(acting, export))


@require_GET
def download(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponseBase:
    found = _export(viewing_for(request.user, series, centre), export)
    try:
        pieces = tasks.download(export=found)
    except tasks.CannotDownload as error:
        messages.error(request, str(error))
        return redirect("results:export", series, centre, export)
    return attachment(pieces, found.file_name)


@require_http_methods(["GET", "HEAD", "POST"])
def share_export(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    """Into File Exchange, where it lies ready for the other side."""
    acting = viewing_for(request.user, series, centre)
    found, exchange = _export(acting, export), _exchange(acting)
    if request.method == "POST":
        try:
            version = share.share_export(exchange=exchange, by=request.user, export=found)
        except (CannotUpload, tasks.CannotDownload) as error:
            messages.error(request, str(error))
        else:
            return _shared(request, exchange, version)
    return redirect("results:export", series, centre, export)


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    found = _export(viewing_for(request.user, series, centre), export)
    if request.method == "POST":
        try:
            tasks.try_again(export=found, user=request.user)
        except tasks.TooMany as error:
            messages.error(request, str(error))
    return redirect("results:export", series, centre, export)


@require_http_methods(["GET", "HEAD", "POST"])
def destroy(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    found = _export(viewing_for(request.user, series, centre), export)
    if request.method != "POST":
        return redirect("results:export", series, centre, export)
    if not tasks.destroy(export=found):
        messages.error(request, "This file is being made. Wait until it is ready, then delete it.")
        return redirect("results:export", series, centre, export)
    messages.success(request, "The file has been deleted.")
    return redirect("results:download", series, centre)


def _export(acting: ActingFor, export: UUID) -> Export:
    """One's own; that of somebody else answers as one that does not exist."""
    found = tasks.exports_of(acting.user, acting.centre, acting.series).filter(pk=export).first()
    if found is None:
        raise Http404
    return found


def _export_page(
    request: StaffRequest, template: str, acting: ActingFor, export: Export
) -> HttpResponse:
    why_not = tasks.why_not(export) if export.is_ready else ""
    heading = heading_of("", tasks.selection_of(export))
    context = framed_by(
        heading,
        acting,
        export=export,
        why_not=why_not,
        restricted_until=heading.restricted_until,
        partner=_partner(acting),
    )
    return render(request, template, context)


# --- What both have in common --------------------------------------------------------------------


def framed_by(heading: Heading, acting: ActingFor, **more: Any) -> dict[str, Any]:
    """What these pages say above all else, as every page of *View entries and results* does; `heading`:
    that of all that a page is about."""
    restricted = {name: one.instant for one in heading.restricted for name in one.qualifications}
    awaited = {name: one.instant for one in heading.awaited for name in one.qualifications}
    return framed(acting, restricted=restricted, awaited=awaited, **more)


def _exchange(acting: ActingFor) -> Exchange:
    """Where this person may put the file. Raises PermissionDenied when that is nowhere."""
    exchange = share.exchange_of(acting)
    if not exchange.may_upload:
        raise PermissionDenied("file exchange")
    return exchange


def _partner(acting: ActingFor) -> str:
    """With whom files are exchanged, for who may put them there."""
    exchange = share.exchange_of(acting)
    return exchange.partner if exchange.may_upload else ""


def _shared(request: StaffRequest, exchange: Exchange, version: Version) -> HttpResponse:
    messages.success(request, f"“{version.file}” is in File Exchange, for {exchange.partner}.")
    return redirect("exchange:file", *exchange.address, version.file_id)
