"""*What changed*: read it, download it, be told by e-mail, mark it as seen."""

import datetime as dt
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, associates_of, viewing_for
from core import gate_clock
from core.http import attachment
from results import last_change
from results.changes import changes
from results.changes.forms import SinceForm
from results.exports.heading import heading_of
from results.exports.selection import Selection, record_download
from results.exports.views import framed_by

SHOWN = 500  # on the page; the file has them all


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    at, selection = gate_clock.now(), _selection(acting)
    until = last_change.last_of(acting.series)
    form, since = _since(request, acting)
    shown = list(islice(changes.changed(selection, since=since, at=at), SHOWN + 1))
    return render(
        request,
        "results/changes.html",
        framed_by(
            heading_of("", selection, at=at),
            acting,
            view="changes",
            has_grades=bool(shown),
            until=until.isoformat() if until else "",
            together=selection.together,
            form=form,
            since=since,
            by_day=form.is_bound and form.is_valid(),
            day=_day(request),
            changes=shown[:SHOWN],
            more=len(shown) > SHOWN,
            seen_until=changes.seen_until(acting.user, acting.centre, acting.series),
            may_mail=settings.HAS_MAIL and acting.user.email,
        ),
    )


@require_GET
def download(request: StaffRequest, series: str, centre: str) -> HttpResponseBase:
    acting = viewing_for(request.user, series, centre)
    selection = _selection(acting)
    _, since = _since(request, acting)
    name, pieces = changes.changes_csv(selection, since=since)
    record_download(selection, changes.TITLE, action="changes_downloaded")
    return attachment(pieces, name)


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """*Mark as seen*: up to the last change that had been made when the page was."""
    acting = viewing_for(request.user, series, centre)
    until = _instant(request.POST.get("until", ""))
    if request.method == "POST" and until:
        changes.mark_seen(by=acting.user, centre=acting.centre, series=acting.series, until=until)
        messages.success(request, "Marked as seen. From now on this page shows what is newer.")
    return redirect("results:changes", series, centre)


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    _, since = _since(request, acting)
    here = reverse("results:changes", args=[series, centre])
    day = {"since": since.astimezone(acting.centre.zone).date()} if _day(request) and since else {}
    here += f"?{urlencode(day)}" if day else ""
    if request.method == "POST":
        try:
            changes.mail_changes(_selection(acting), link=settings.SITE_URL + here, since=since)
        except changes.NotSent as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"An e-mail has been sent to {acting.user.email}.")
    return redirect(here)


def _selection(acting: ActingFor) -> Selection:
    """A main centre looks at all of its centres."""
    together = associates_of(acting.centre).exists()
    return Selection(acting.user, acting.centre, acting.series, together)


def _since(request: StaffRequest, acting: ActingFor) -> tuple[SinceForm, dt.datetime | None]:
    """The day that the address gives, at the centre; else what was last marked as seen."""
    form = SinceForm({"since": day} if (day := _day(request)) else None)
    if form.is_bound and form.is_valid():
        midnight = dt.datetime.combine(form.cleaned_data["since"], dt.time(), acting.centre.zone)
        return form, midnight.astimezone(dt.UTC)
    mark = changes.seen_until(acting.user, acting.centre, acting.series)
    return form, changes.new_since(mark)


def _day(request: StaffRequest) -> Any:
    return request.GET.get("since", "").strip()


def _instant(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
        return found.astimezone(dt.UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
