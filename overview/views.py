"""*Overview* of a centre in a series, the readiness line alone, and what every page of the series asks for once it is
open: badges and how far letters are (rules 4 to 19)."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import acting_for
from core import plain_text
from credentials.associates.letters_under_way import failed_at, work_at
from overview.badges import badges_of
from overview.how_far import how_far
from overview.lately import lately_done, person
from overview.reading import reading_of
from overview.steps import in_days, line_of


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    reading = reading_of(acting)
    first = reading.first_release
    return render(
        request,
        "overview/overview.html",
        {
            "acting": acting,
            "associates_of_home": None
            if acting.acts_for_associate
            else [row.centre for row in reading.attached],
            "reading": reading,
            "line": line_of(reading),
            "parts": how_far(reading.attached),
            "need_something": sum(row.needs_something for row in reading.attached),
            "first_release": in_days(reading.days_until(first)) if first else "",
            "trail": lately_done(reading),
            "agreed_by": person(reading.own.arrangement.agreed_by),
        },
    )


@require_safe
def readiness(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """The readiness line alone, which *Administer exams* asks for once it is open."""
    acting = acting_for(request.user, series, centre)
    context = {"acting": acting, "line": line_of(reading_of(acting))}
    return render(request, "overview/_readiness.html", context)


class WatchedForm(plain_text.Form):
    """What a page tells of itself (`but`), and what was told of a moment ago."""

    but = forms.UUIDField(required=False)
    file = forms.UUIDField(required=False)
    batch = forms.UUIDField(required=False)


@require_safe
def badges(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Asked for again and again while letters are made, and then how far they are is all that is told."""
    acting = acting_for(request.user, series, centre)
    form = WatchedForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    file, batch = asked.get("file"), asked.get("batch")
    work = work_at(acting, file=file, batch=batch)
    watched = bool(file or batch)
    failed = failed_at(acting) if watched and not work.under_way and "but" in request.GET else None
    context = {
        "acting": acting,
        "work": work,
        "badges": None if watched and work.under_way else badges_of(acting),
        "file": failed if failed and failed.pk != asked.get("but") else None,
        "but": asked.get("but"),
    }
    return render(request, "overview/_badges.html", context)
