"""Acts on a member of staff at one press: each page asks first, and says what will happen."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import notifications
from accounts.people import access, acts
from accounts.people.access import StaffManager
from accounts.people.acts import CannotAct
from accounts.people.views import show_link
from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from centres.models import Membership


@dataclass(frozen=True)
class Act:
    """The words of an ask page: its title, what will happen, its button, what is said after; whether something ends."""

    title: str
    will: str
    verb: str
    done: str = ""
    ends: bool = False


SUSPEND = Act(
    "Suspend?",
    "They can do nothing at this centre from the next page they open. If they work at "
    "no other centre, they are signed out and cannot log in. You can lift the "
    "suspension at any time.",
    "Suspend",
    "is suspended.",
    ends=True,
)
LIFT = Act(
    "Lift the suspension?",
    "They can use their role and rights at this centre again.",
    "Lift the suspension",
    "can work at this centre again.",
)
REMOVE = Act(
    "Remove from the staff?",
    "They leave the staff of this centre at once. What they have done stays in “Audit trail”. "
    "If they work at no other centre, they are signed out and cannot log in. "
    "“Add somebody with an account” brings them back.",
    "Remove",
    "is no longer on the staff of this centre.",
    ends=True,
)
LINK = Act(
    "Make a new set-password link?",
    "With the link, they set a new password. Until they have, the old one works, and nobody is signed out. "
    "A second factor stays as it is. They are told.",
    "Make a link",
)
RECOVER = Act(
    "Start a recovery?",
    "For somebody who has lost both the authenticator app or passkey and the recovery "
    "codes. Make sure that it is really them, in person if you can. They get a link, "
    "give their password, and set up an "
    "authenticator app. Until they have finished, what they used before works, and they can stop it.",
    "Start a recovery",
)


@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    return _ask_or_act(request, centre, username, SUSPEND, acts.suspend)


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    return _ask_or_act(request, centre, username, LIFT, acts.lift)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    return _ask_or_act(request, centre, username, REMOVE, acts.remove)


@require_http_methods(["GET", "HEAD", "POST"])
def make_link(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    return _ask_or_link(request, centre, username, LINK, acts.make_link, kind="set_password")


@require_http_methods(["GET", "HEAD", "POST"])
def start_recovery(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    return _ask_or_link(request, centre, username, RECOVER, acts.start_recovery, kind="recover")


def _ask_or_act(
    request: StaffRequest, centre: str, username: str, act: Act, do: Callable[..., None]
) -> HttpResponse:
    manager, member = _found(request, centre, username)
    if request.method != "POST":
        return _ask(request, manager, member, act)
    try:
        do(member=member, by=request.user)
    except CannotAct as error:
        return _ask(request, manager, member, act, str(error))
    messages.success(request, f"{member.user} {act.done}")
    if member.user == request.user:
        return redirect("dashboard")
    return redirect("people:centre", centre)


def _ask_or_link(
    request: StaffRequest, centre: str, username: str, act: Act, make: Callable[..., str], kind: str
) -> HttpResponse:
    manager, member = _found(request, centre, username)
    if request.method != "POST":
        return _ask(request, manager, member, act)
    try:
        link = make(member=member, by=request.user)
    except CannotAct as error:
        return _ask(request, manager, member, act, str(error))
    mailed = notifications.mail_link(member.user, link, kind=kind)
    return show_link(request, manager, member.user, link, kind=kind, mailed=mailed)


def _found(request: StaffRequest, centre: str, username: str) -> tuple[StaffManager, Membership]:
    """Who it is about, for who may, and has confirmed a moment ago."""
    manager = access.manager_for(request.user, centre)
    member = access.person_of(manager.centre, username)
    require_recent_password(request)
    return manager, member


def _ask(
    request: StaffRequest, manager: StaffManager, member: Membership, act: Act, refused: str = ""
) -> HttpResponse:
    context = {"manager": manager, "one": member, "act": act, "refused": refused}
    return render(request, "accounts/people/ask.html", context)
