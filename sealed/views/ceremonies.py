"""Ceremonies: what keyholders begin together, the page on which each gives the passphrase, and its end.

A passphrase that is posted here is in no row, session, cookie, log or answer (`accounts.guards.never_kept`).
"""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import never_kept
from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from sealed import browsers, ceremonies, ring, turns
from sealed.forms import PassphraseForm
from sealed.models import Ceremony, Seal
from sealed.refused import Refused
from sealed.views.series import sealed

GIVEN = "Your passphrase was right. It counts in this for as long as the time lasts."
DONE = {
    Ceremony.Kind.OPEN: "The keyholders have opened the results. They are being loaded.",
    Ceremony.Kind.REHEARSE: "The rehearsal opened what it had closed, and changed nothing.",
    Ceremony.Kind.CHANGE: "The keyholders are changed, from now on.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def open_series(request: StaffRequest, series: str) -> HttpResponse:
    """What opening does; then the keyholders give their passphrases."""
    return _begin(request, Ceremony.Kind.OPEN, sealed(series))


@require_http_methods(["GET", "HEAD", "POST"])
def rehearse(request: StaffRequest) -> HttpResponse:
    """The same with made-up rows."""
    return _begin(request, Ceremony.Kind.REHEARSE)


def _begin(request: StaffRequest, kind: Ceremony.Kind, seal: Seal | None = None) -> HttpResponse:
    require_recent_password(request)
    back = redirect("sealed:series", seal.series.slug) if seal else redirect("sealed:start")
    try:
        if request.method == "POST":
            one = ceremonies.begin(kind, by=request.user, seal=seal)
            return redirect("sealed:ceremony", one.pk)
        with transaction.atomic():
            ceremonies.check(kind, seal=seal)
    except Refused as why:
        messages.error(request, str(why))
        return back
    context = {
        "seal": seal,
        "early": seal and ceremonies.is_early(seal),
        "earlier": ceremonies.EARLIER,
        "files": seal.files.to_open().count() if seal else 0,
        "ring": ring.ring(),
        "minutes": ceremonies.LASTS // dt.timedelta(minutes=1),
        "rows": len(turns.REHEARSED),
    }
    return render(request, "sealed/ask_begin.html", context)


@never_kept
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest, ceremony: int) -> HttpResponse:
    """Who has given theirs and how long is left, with the form for one's own."""
    require_recent_password(request)
    one = _ceremony(ceremony)
    session = request.session.session_key or ""
    form = PassphraseForm(request.POST if request.method == "POST" else None)
    try:
        browsers.check(request, one)
        ceremonies.check_turn(one, user=request.user, session=session)
    except Refused as why:
        return render(request, "sealed/ceremony.html", {**_context(one), "why_not": str(why)})
    if form.is_valid():
        try:
            one = ceremonies.take_turn(
                one,
                user=request.user,
                passphrase=form.cleaned_data["passphrase"],
                session=session,
            )
        except Refused as why:
            form.add_error("passphrase", str(why))
        else:
            return _given(request, one)
    return render(request, "sealed/ceremony.html", {**_context(one), "form": form})


def _given(request: StaffRequest, one: Ceremony) -> HttpResponse:
    messages.success(request, DONE[Ceremony.Kind(one.kind)] if one.ended_at else GIVEN)
    opened = one.ended_at and one.kind == Ceremony.Kind.OPEN
    if opened and one.seal:
        answer = redirect("sealed:opening", one.seal.series.slug)
    else:
        answer = redirect("sealed:ceremony", one.pk)
    browsers.note(request, answer, one)
    return answer


@require_safe
def progress(request: StaffRequest, ceremony: int) -> HttpResponse:
    """The part of the page that htmx asks for. When it is over, the whole page is asked for, which has no form."""
    one = _ceremony(ceremony)
    context = _context(one)
    answer = render(request, "sealed/_ceremony.html", context)
    if request.htmx and not context["live"]:  # type: ignore[attr-defined]
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: StaffRequest, ceremony: int) -> HttpResponse:
    """Whoever of the board ends it before it is done; a GET, as after signing in again, ends nothing."""
    if request.method == "POST":
        try:
            ceremonies.stop(_ceremony(ceremony), by=request.user)
            messages.success(request, "Stopped. Nothing was opened or changed.")
        except Refused as why:
            messages.error(request, str(why))
    return redirect("sealed:ceremony", ceremony)


def _ceremony(pk: int) -> Ceremony:
    return get_object_or_404(Ceremony.objects.select_related("seal__series"), pk=pk)


def _context(one: Ceremony) -> dict[str, Any]:
    """Of a ceremony that is over, only who gave theirs: who the keyholders are may be another matter by now."""
    at = timezone.now()
    live = one.ended_at is None and at < one.ends_at
    given = {turn.keyholder_id: turn for turn in one.turns.select_related("keyholder__user")}
    asked = ceremonies.participants(one) if live else [turn.keyholder for turn in given.values()]
    left = max(one.ends_at - at, dt.timedelta())
    needed = ceremonies.needed(one, at)
    return {
        "ceremony": one,
        "live": live,
        "done": one.outcome == Ceremony.Outcome.DONE,
        "people": [(holder, given.get(holder.pk)) for holder in asked],
        "given": len(given),
        "needed": needed,
        "early": needed == ceremonies.EARLIER,
        "minutes": left // dt.timedelta(minutes=1),
        "seconds": int(left.total_seconds()) % 60,
        "appointing": one.appointing.select_related("user"),
        "retiring": one.retiring.select_related("user"),
    }
