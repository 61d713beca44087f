"""Holds: placed when it is known whom they hide results from, let go by two people (rule 19)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import four_eyes
from accounts.guards import only_searches
from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from board.forms.holds import HoldForm, ReasonForm
from board.views.proposals import posted
from centres.models import Release
from core.ask_pages import AskAgain, still_holds
from core.searching import finding, searched_for
from results import holds
from results.models import Hold, Result

STATES = {
    "": ("All", Q()),
    "in-force": ("In force", Q(let_go_at=None)),
    "asked": ("Waits for a second person", Q(let_go_at=None, asked_at__isnull=False)),
    "let-go": ("Released", Q(let_go_at__isnull=False)),
}


@only_searches
@require_http_methods(["GET", "HEAD", "POST"])
def show_all(request: StaffRequest) -> HttpResponse:
    """Every hold, by its state; or, posted, the first of those with what is searched for."""
    given = request.POST if request.method == "POST" else request.GET
    state, wanted = given.get("state", ""), searched_for(request.POST)
    state = state if state in STATES else ""
    counts = Hold.objects.aggregate(
        **{name or "all": Count("pk", filter=which) for name, (_, which) in STATES.items()}
    )
    found = Hold.objects.select_related(*holds.NAMED).filter(STATES[state][1])
    found = found.filter(finding(wanted, *holds.SEARCHED))
    context = {
        "page": Paginator(found, holds.AT_ONCE).get_page(request.GET.get("page")),
        "states": [(name, words, counts[name or "all"]) for name, (words, _) in STATES.items()],
        "state": state,
        "search": wanted,
    }
    return render(request, "board/holds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: StaffRequest) -> HttpResponse:
    """The form, or what was ticked in records; then from whom it would hide results; then it is held."""
    require_recent_password(request)
    given = request.POST if request.method == "POST" else request.GET
    form: ReasonForm
    if ticked := _ticked(given):
        wanted, rows = [one for _, _, one in ticked], [(name, pk) for name, pk, _ in ticked]
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    else:
        form = HoldForm(request.POST or None, initial=request.GET.dict())
        if not form.is_valid() or "change" in request.POST:
            return render(request, "board/place_hold.html", {"form": form})
        wanted, rows = [form.instance], list(posted(request, form).items())
    told, asked_again = holds.told_of(wanted), False
    if form.is_valid() and "confirmed" in request.POST:
        try:
            still_holds(told, request.POST.get("counted"))
        except AskAgain:
            asked_again = True
        else:
            for one in wanted:
                one.reason = form.cleaned_data["reason"]
            return _each(request, wanted, holds.place, "%s is held.")
    context = {
        "told": told,
        "asked_again": asked_again,
        "rows": rows,
        "form": form,
        "ticked": bool(ticked),
    }
    return render(request, "board/ask_hold.html", context)


def _ticked(given: QueryDict) -> list[tuple[str, int, Hold]]:
    """What is ticked in records: what it is called there, and the hold that it would be."""
    releases = _named(given, "release", Release.objects.select_related("series", "qualification"))
    results = _named(given, "result", Result.objects.select_related(*OF_RESULT))
    return [
        *(
            ("release", one.pk, Hold(series=one.series, qualification=one.qualification))
            for one in releases
        ),
        *(("result", one.pk, Hold(entry=one.entry)) for one in results),
    ][: holds.AT_ONCE]


OF_RESULT = "entry__syllabus", "entry__candidate__centre", "entry__candidate__series"


def _named(given: QueryDict, name: str, rows: QuerySet) -> QuerySet:
    pks = [pk for pk in given.getlist(name) if pk.isdecimal() and len(pk) < 19]
    return rows.filter(pk__in=pks[: holds.AT_ONCE])


@require_http_methods(["GET", "HEAD", "POST"])
def request_release(request: StaffRequest) -> HttpResponse:
    """The first of two people: asks, then it is asked for."""
    said = "You have asked to release %s. It stays held until somebody else releases it."
    return _decide(request, holds.ask_to_let_go, said, asks=True)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: StaffRequest) -> HttpResponse:
    """The second: told who can, and how many candidates see results by it; then it is let go."""
    said = "The hold on %s is released."
    return _decide(request, holds.let_go, said, asks=False)


def _decide(
    request: StaffRequest, act: Callable[..., Any], said: str, *, asks: bool
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and "hold" not in given:  # as after signing in again
        return redirect("board:holds")
    wanted = _named(given, "hold", Hold.objects.select_related(*holds.NAMED))
    try:
        if request.method == "POST":
            with transaction.atomic():
                locked = holds.locked_as_told(wanted, request.POST.get("counted"))
                return _each(request, locked, act, said)
        told, asked_again = holds.told_of(wanted), False
    except AskAgain as again:
        told, asked_again = again.now, True
    context = {
        "told": [(one, many, _who_can(one)) for one, many in told.holds],
        "counted": told.counted,
        "asked_again": asked_again,
        "asks": asks,
        "title": f"{'Ask to release' if asks else 'Release'} {'hold' if len(told.holds) == 1 else 'holds'}",
    }
    return render(request, "board/ask_let_go.html", context)


def _who_can(hold: Hold) -> str:
    if hold.let_go_at:
        return ""
    if not hold.asked_at:
        return "Nobody yet: somebody asks first, and another releases it."
    return four_eyes.who_can(hold.asked_by)


def _each(request: StaffRequest, wanted: Any, act: Callable[..., Any], said: str) -> HttpResponse:
    for one in wanted:
        try:
            act(one, by=request.user)
            messages.success(request, said % one)
        except holds.CannotHold as why:
            messages.error(request, str(why))
    return redirect("board:holds")
