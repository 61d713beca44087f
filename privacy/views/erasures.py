"""Removing a person: what was proposed, for a second person of the board to confirm (rules 26 and 27)."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import StaffRequest
from board.models import ProposedErasure
from board.proposals import CannotPropose
from board.views.proposals import REFUSED, decide, facts
from centres.models import Candidate
from privacy import erasure as rule
from privacy import person

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
    context = facts(request, found)
    if found.waits:
        candidates = list(Candidate.objects.filter(pk__in=found.candidates).order_by("pk"))
        context |= {
            "people": [person.described(one) for one in candidates],
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
    acts = {"confirm": rule.confirm, "refuse": rule.refuse}
    return decide(request, partial(acts[act], _proposal(pk)), said, "erasures:erasure", pk)


def _why_not(proposal: ProposedErasure) -> str:
    try:
        rule.check(proposal)
    except CannotPropose as error:
        return f"This cannot be done now. {error}"
    return ""


def _proposal(pk: int) -> ProposedErasure:
    return get_object_or_404(ProposedErasure, pk=pk)
