"""Propose when results are released; confirm or refuse what somebody else has proposed."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from board import releases
from board.forms.releases import ProposalForm
from board.models import ProposedRelease
from board.views.proposals import REFUSED, decide, done, facts, is_right, posted
from centres.models import Release
from centres.release_moments import another_hour
from core import gate_clock
from core.ask_pages import AskAgain
from core.dates import board_clock
from results.holds import release_is_held

STALE = "The release was changed after this was proposed, so it cannot be confirmed. Refuse it, and propose it again."


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """Every release as it holds, those ahead first, and what was proposed."""
    at = gate_clock.now()
    found = Release.objects.select_related("series", "qualification").annotate(
        held=release_is_held()
    )
    in_time = sorted(found, key=lambda one: (one.candidates_at, one.qualification.name))
    ahead = [one for one in in_time if one.candidates_at > at]
    past = [one for one in reversed(in_time) if one.candidates_at <= at]
    proposals = ProposedRelease.objects.select_related("series", "qualification")
    context = {
        "releases": [*ahead, *past],
        "next": ahead[0] if ahead else None,
        "at": at,
        "waiting": proposals.waiting(),
        "decided": proposals.exclude(decided_at=None)[:25],
    }
    return render(request, "board/releases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: StaffRequest) -> HttpResponse:
    """The form; then what it would do; then it is proposed."""
    require_recent_password(request)
    if request.method != "POST":
        return _form(request, ProposalForm(initial=_initial(request)))
    form = ProposalForm(request.POST)
    if not is_right(form, releases.check) or "change" in request.POST:
        return _form(request, form)
    if "confirmed" in request.POST:
        return _propose(request, form)
    context = {
        "form": form,
        "proposal": form.instance,
        "release": releases.release_now(form.instance.series, form.instance.qualification),
        "effects": releases.effects_of(form.instance),
        "another_hour": another_hour(form.instance.candidates_at),
        "posted": posted(request, form),
    }
    return render(request, "board/ask_release.html", context)


def _propose(request: StaffRequest, form: ProposalForm) -> HttpResponse:
    if not done(form, lambda: releases.propose(form.instance, by=request.user)):
        return _form(request, form)
    messages.success(
        request, "Proposed. It takes effect once somebody else at the board confirms it."
    )
    return redirect("board:release", form.instance.pk)


def _form(request: StaffRequest, form: ProposalForm) -> HttpResponse:
    return render(request, "board/propose_release.html", {"form": form})


def _initial(request: StaffRequest) -> dict[str, Any]:
    """What holds now of the release that the address names, by the board's clock."""
    pk = request.GET.get("release", "")
    release = Release.objects.filter(pk=pk).first() if pk.isdecimal() else None
    if release is None:
        return {}
    initial: dict[str, Any] = {
        "series": release.series_id,
        "qualification": release.qualification_id,
    }
    for whose, at in (("candidates", release.candidates_at), ("staff", release.staff_at)):
        if at:
            local = at.astimezone(board_clock().zone)
            initial |= {f"{whose}_day": local.date(), f"{whose}_time": local.time()}
    return initial


@require_safe
def show(request: StaffRequest, proposal: int) -> HttpResponse:
    """What is proposed, by whom and why, and what it would do."""
    return _page(request, proposal)


def _page(request: StaffRequest, proposal: int, *, asked_again: bool = False) -> HttpResponse:
    found = _proposal(proposal)
    release = releases.release_now(found.series, found.qualification)
    found = _proposal(proposal)  # who confirms it just now changes the release
    context = {
        **facts(request, found),
        "was": {"candidates_at": found.old_candidates_at, "staff_at": found.old_staff_at},
        "stale": "" if found.is_about(release) else STALE,
        "effects": releases.effects_of(found) if found.waits else None,
        "another_hour": another_hour(found.candidates_at),
        "asked_again": asked_again,
    }
    return render(request, "board/release.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: StaffRequest, proposal: int) -> HttpResponse:
    counted = request.POST.get("counted")
    act = partial(releases.confirm, _proposal(proposal), counted=counted)
    try:
        return decide(request, act, "Confirmed. It applies from now on.", "board:release", proposal)
    except AskAgain:
        return _page(request, proposal, asked_again=True)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: StaffRequest, proposal: int) -> HttpResponse:
    act = partial(releases.refuse, _proposal(proposal))
    return decide(request, act, REFUSED, "board:release", proposal)


def _proposal(pk: int) -> ProposedRelease:
    proposals = ProposedRelease.objects.select_related("series", "qualification")
    return get_object_or_404(proposals, pk=pk)
