"""Removing a person: what was proposed, for a second person of the board to confirm (rules 26 and 27)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import four_eyes
from accounts.requests import StaffRequest
from board.models import ProposedErasure
from board.proposals import CannotPropose
from centres.models import Candidate
from privacy import erasure as rule
from privacy import person

REFUSED = "Refused. Nothing has changed."
DONE = "Confirmed. What was kept of this person is removed."


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    found = ProposedErasure.objects.all()
    context = {"waiting": found.waiting(), "decided": found.exclude(decided_at=None)[:25]}
    return render(request, "privacy/erasures.html", context)


@require_safe
def show(request: StaffRequest, erasure: int) -> HttpResponse:
    """Who it is stands here while it waits, and nowhere once it is done."""
    found = _proposal(erasure)
    context = {"proposal": found, "own": found.proposed_by == request.user.username}
    if found.waits:
        candidates = list(Candidate.objects.filter(pk__in=found.candidates).order_by("pk"))
        context |= {
            "who_can": four_eyes.who_can(found.proposed_by),
            "people": [person.described(one) for one in candidates],
            "said_to_be_one": not person.surely_one(candidates),
            "others": [person.described(one) for one in person.may_be_too(candidates)],
            "files": person.files_that_may_name(candidates),
            "stale": _why_not(found),
        }
    return render(request, "privacy/erasure.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: StaffRequest, erasure: int) -> HttpResponse:
    return _decide(request, erasure, "confirm", DONE)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: StaffRequest, erasure: int) -> HttpResponse:
    return _decide(request, erasure, "refuse", REFUSED)


def _decide(request: StaffRequest, pk: int, act: str, said: str) -> HttpResponse:
    """A GET, as after signing in again, decides nothing."""
    acts = {"confirm": rule.confirm, "refuse": rule.refuse}
    if request.method == "POST":
        try:
            acts[act](_proposal(pk), by=request.user)
            messages.success(request, said)
        except CannotPropose as error:
            messages.error(request, str(error))
    return redirect("erasures:erasure", pk)


def _why_not(proposal: ProposedErasure) -> str:
    try:
        rule.check(proposal)
    except CannotPropose as error:
        return f"This cannot be done now. {error}"
    return ""


def _proposal(pk: int) -> ProposedErasure:
    return get_object_or_404(ProposedErasure, pk=pk)
