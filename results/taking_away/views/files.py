"""*Take away*: choose what; small files come at once, CSV streams, the rest is made in the background."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from centres.access import Desk, StaffRequest, associates_of, viewing_desk_for
from credentials.letter.letter import CannotPrint
from exchange.space import CannotPut
from results.taking_away import exports, handing_over
from results.taking_away.forms import PUT, TakeAwayForm
from results.taking_away.frame import framed_by
from results.taking_away.heading import heading_of
from results.taking_away.kinds import Format, What
from results.taking_away.making import file_of, is_small
from results.taking_away.whose import Whose

TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
}
USUAL = {"what": What.BROADSHEET, "format": Format.XLSX}


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    desk = viewing_desk_for(request.user, series, centre)
    if request.method != "POST":
        return _page(request, desk, _form(desk, None, initial=USUAL | request.GET.dict()))
    form = _form(desk, request.POST)
    if not form.is_valid():
        return _page(request, desk, form)
    what, format = form.cleaned_data["what"], form.cleaned_data["format"]
    if is_small(what, format, form.chosen()):
        if PUT in request.POST:
            return _put(request, desk, form, what, format)
        address = reverse("entries_and_results:take_file", args=[series, centre, what, format])
        return redirect(f"{address}?{urlencode(_asked(form))}")
    try:
        export = exports.ask(
            whose=form.chosen(), what=what, format=format, pum=form.cleaned_data["pum"]
        )
    except exports.TooMany as error:
        form.add_error(None, str(error))
        return _page(request, desk, form)
    return redirect("entries_and_results:export", series, centre, export.pk)


@require_GET
def take(
    request: StaffRequest, series: str, centre: str, what: str, format: str
) -> HttpResponseBase:
    """The file itself, made now."""
    desk = viewing_desk_for(request.user, series, centre)
    if what not in What.values or format not in Format.values:
        raise Http404
    form = _form(desk, {**request.GET.dict(), "what": what, "format": format})
    if not form.is_valid():
        return _page(request, desk, form)
    whose, pum = form.chosen(), form.cleaned_data["pum"]
    if not is_small(what, format, whose):
        messages.info(
            request,
            "This file takes a while, so it is made in the background: press “Take away” here.",
        )
        back = reverse("entries_and_results:take_away", args=[series, centre])
        return redirect(f"{back}?{urlencode({**_asked(form), 'what': what, 'format': format})}")
    try:
        made = file_of(what, format, whose, pum=pum)
    except CannotPrint as error:
        messages.error(request, str(error))
        return redirect("entries_and_results:take_away", series, centre)
    made.record()
    return attachment(made.content, format, made.heading.file_name(format))


def attachment(content: Any, format: str, name: str) -> HttpResponseBase:
    kind = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    return kind(
        content,
        content_type=TYPES[Format(format)],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _put(
    request: StaffRequest, desk: Desk, form: TakeAwayForm, what: str, format: str
) -> HttpResponse:
    exchange = handing_over.exchange_of(desk)
    if not exchange.may_put:
        raise PermissionDenied("file exchange")
    try:
        version = handing_over.put_file(
            exchange=exchange,
            by=request.user,
            whose=form.chosen(),
            what=what,
            format=format,
            pum=form.cleaned_data["pum"],
        )
    except (CannotPut, CannotPrint) as error:
        form.add_error(None, str(error))
        return _page(request, desk, form)
    messages.success(request, f"“{version.file}” is in File Exchange, for {exchange.partner}.")
    return redirect("file_exchange:file", *exchange.address, version.file_id)


def _form(desk: Desk, data: Any, **kwargs: Any) -> TakeAwayForm:
    exchange = handing_over.exchange_of(desk)
    return TakeAwayForm(
        data,
        whose=Whose(desk.user, desk.centre, desk.series),
        has_associates=associates_of(desk.centre).exists(),
        partner=exchange.partner if exchange.may_put else "",
        **kwargs,
    )


def _asked(form: TakeAwayForm) -> dict[str, str]:
    """What of the address says it, beside what and as what."""
    data = form.cleaned_data
    asked = {name: "on" for name in ("pum", "together") if data.get(name)}
    if data["candidates"]:
        asked["candidates"] = form.data["candidates"]
    return asked


def _page(request: StaffRequest, desk: Desk, form: TakeAwayForm) -> HttpResponse:
    mine = exports.exports_of(desk.user, desk.centre, desk.series)
    return render(
        request,
        "entries_and_results/take_away.html",
        framed_by(heading_of("", form.of), desk, form=form, exports=mine),
    )
