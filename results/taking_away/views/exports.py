"""A file that is made in the background: watch it being made, take it, try again, destroy it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from centres.access import Desk, StaffRequest, viewing_desk_for
from exchange.space import CannotPut
from results.taking_away import exports, handing_over
from results.taking_away.frame import framed_by
from results.taking_away.heading import heading_of
from results.taking_away.models import Export
from results.taking_away.views.files import attachment


@require_safe
def show(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    desk = viewing_desk_for(request.user, series, centre)
    return _page(request, "entries_and_results/export.html", desk, _export(desk, export))


@require_safe
def progress(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    """The part of the page that htmx asks for again and again until the file is ready."""
    desk = viewing_desk_for(request.user, series, centre)
    return _page(request, "entries_and_results/_export.html", desk, _export(desk, export))


@require_GET
def download(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponseBase:
    desk = viewing_desk_for(request.user, series, centre)
    found = _export(desk, export)
    try:
        pieces = exports.take(export=found)
    except exports.NotToBeHad as error:
        messages.error(request, str(error))
        return redirect("entries_and_results:export", series, centre, export)
    return attachment(pieces, found.format, found.file_name)


@require_http_methods(["GET", "HEAD", "POST"])
def put(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    """Into File Exchange, where it lies ready for the other side."""
    desk = viewing_desk_for(request.user, series, centre)
    found = _export(desk, export)
    exchange = handing_over.exchange_of(desk)
    if not exchange.may_put:
        raise PermissionDenied("file exchange")
    if request.method == "POST":
        try:
            version = handing_over.put_export(exchange=exchange, by=request.user, export=found)
        except (CannotPut, exports.NotToBeHad) as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, f"“{version.file}” is in File Exchange, for {exchange.partner}."
            )
            return redirect("file_exchange:file", *exchange.address, version.file_id)
    return redirect("entries_and_results:export", series, centre, export)


@require_http_methods(["GET", "HEAD", "POST"])
def retry(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    desk = viewing_desk_for(request.user, series, centre)
    found = _export(desk, export)
    if request.method == "POST":
        try:
            exports.try_again(export=found, user=request.user)
        except exports.TooMany as error:
            messages.error(request, str(error))
    return redirect("entries_and_results:export", series, centre, export)


@require_http_methods(["GET", "HEAD", "POST"])
def destroy(request: StaffRequest, series: str, centre: str, export: UUID) -> HttpResponse:
    desk = viewing_desk_for(request.user, series, centre)
    found = _export(desk, export)
    if request.method != "POST":
        return redirect("entries_and_results:export", series, centre, export)
    if not exports.destroy(export=found):
        messages.error(request, "This file is being made. Wait until it is ready, then destroy it.")
        return redirect("entries_and_results:export", series, centre, export)
    messages.success(request, "The file has been destroyed.")
    return redirect("entries_and_results:take_away", series, centre)


def _page(request: StaffRequest, template: str, desk: Desk, export: Export) -> HttpResponse:
    why_not = exports.why_not(export) if export.is_ready else ""
    heading = heading_of("", exports.whose(export))
    exchange = handing_over.exchange_of(desk)
    return render(
        request,
        template,
        framed_by(
            heading,
            desk,
            export=export,
            why_not=why_not,
            restricted_until=heading.restricted_until,
            partner=exchange.partner if exchange.may_put else "",
        ),
    )


def _export(desk: Desk, export: UUID) -> Export:
    """One's own; that of somebody else answers as one that does not exist."""
    found = exports.exports_of(desk.user, desk.centre, desk.series).filter(pk=export).first()
    if found is None:
        raise Http404
    return found
