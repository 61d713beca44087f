"""Proposals: what the pages share on which two people act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts import four_eyes
from accounts.requests import StaffRequest
from board.forms.fields import ProposedForm
from board.models import Proposal
from board.proposals import CannotPropose

REFUSED = "Refused. Nothing has changed."


def facts(request: StaffRequest, proposal: Proposal) -> dict[str, Any]:
    """For `board/_proposed.html`: who proposed it, and who can confirm it."""
    return {
        "proposal": proposal,
        "own": proposal.proposed_by == request.user.username,
        "who_can": four_eyes.who_can(proposal.proposed_by) if proposal.waits else "",
    }


def posted(request: StaffRequest, form: BaseForm) -> dict[str, Any]:
    """What the page that asks posts again."""
    return {name: said for name, said in request.POST.items() if name in form.fields}


def is_right(form: ProposedForm, check: Callable[[Any], object]) -> bool:
    """Whether it can be proposed; what is wrong stands on the form."""
    if not form.is_valid():
        return False
    return done(form, lambda: check(form.instance))


def done(form: ProposedForm, act: Callable[[], object]) -> bool:
    """Whether it was possible; why not, stands on the form."""
    try:
        act()
    except CannotPropose as error:
        form.add_error(None, str(error))
    return not form.errors


def decide(request: StaffRequest, act: Callable[..., object], said: str, *to: Any) -> HttpResponse:
    """Confirm or refuse; a GET, as after signing in again, decides nothing."""
    if request.method == "POST":
        try:
            act(by=request.user)
            messages.success(request, said)
        except CannotPropose as error:
            messages.error(request, str(error))
    return redirect(*to)
