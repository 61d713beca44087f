"""Opening an account to somebody takes two people of the board (rule 26, `board.proposals`).

A link to set a password, a recovery, a second factor removed, an account that was shut out let in again, a
new board operator: one proposes, another confirms, and neither is the person whose account it is. Who
confirms is shown the link, and hands it over; it is never mailed. To shut somebody out opens nothing, and
takes one. An officer's account is opened by other officers at *People*, by rules of its own.
"""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from accounts import links, notifications, recovery
from accounts.events import record_account_event
from accounts.models import User
from accounts.sessions import end_visits
from accounts.usernames import fault_in_new_username
from board import proposals
from board.models import ProposedAccess
from board.proposals import CannotPropose
from centres import audit
from core.errors import log_error

Act = ProposedAccess.Act


def named(username: str) -> User | None:
    """The account with this username, whatever its capitals."""
    same = Q(lower=username.lower()) | Q(username=username)
    return User.objects.annotate(lower=Lower("username")).filter(same).first()


def check(proposal: ProposedAccess, *, by: User) -> None:
    """Raises CannotPropose for what cannot be done, waits already, or is one's own."""
    user = named(proposal.username)
    if proposal.act == Act.OPERATOR:
        _check_new(proposal, user)
    elif user is None or user.username != proposal.username:
        raise CannotPropose(f"There is no account with the username {proposal.username}.")
    else:
        _check_act(proposal.act, user, by)
    waiting = ProposedAccess.objects.waiting().exclude(pk=proposal.pk)
    if other := waiting.filter(username=proposal.username, act=proposal.act).first():
        raise CannotPropose(
            f"{other.proposed_by} has proposed this already. Confirm or refuse that first."
        )


def propose(proposal: ProposedAccess, *, by: User, at: dt.datetime | None = None) -> None:
    """The first of two people. Raises CannotPropose."""
    check(proposal, by=by)
    try:
        with transaction.atomic():
            proposals.store(proposal, by=by, at=at)
            _record("access_proposed", proposal, by)
    except IntegrityError as error:  # somebody else was a moment faster
        log_error(error, "a proposed access")
        check(proposal, by=by)
        raise


def confirm(proposal: ProposedAccess, *, by: User, at: dt.datetime | None = None) -> str:
    """The second of two people: it is done. The link to hand over, where there is one.

    Raises CannotPropose, NeedsSecondPerson.
    """
    with proposals.confirming(proposal, by=by, at=at) as one:
        check(one, by=by)
        _record("access_confirmed", one, by)
        return _do(one, by)


def refuse(proposal: ProposedAccess, *, by: User, at: dt.datetime | None = None) -> None:
    """Nothing changes. Raises CannotPropose."""
    with proposals.refusing(proposal, by=by, at=at) as one:
        _record("access_refused", one, by)


def shut_out(username: str, *, by: User) -> None:
    """At once, everywhere, until two people let them in again. Raises CannotPropose."""
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=username, is_active=True).first()
        if user is None:
            raise CannotPropose(f"Nobody who can sign in has the username {username}.")
        if user == by:
            raise CannotPropose("This is your own account. Somebody else can shut it out.")
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_visits(user)
        _note("account_shut_out", user, by)


def _check_new(proposal: ProposedAccess, user: User | None) -> None:
    if user:
        raise CannotPropose("Somebody has this username already, perhaps in other letters.")
    proposal.username = User.normalize_username(proposal.username.strip())
    if fault := fault_in_new_username(proposal.username):
        raise CannotPropose(fault)
    if not (proposal.name.strip() and proposal.email):
        raise CannotPropose("Give the name and the e-mail address of the new board operator.")


def _check_act(act: str, user: User, by: User) -> None:
    if user == by:
        raise CannotPropose(
            "This is your own account. What concerns it is on your account page; what you cannot do "
            "there, two others do."
        )
    if user.is_active == (act == Act.REOPEN):
        told = "is not shut out" if user.is_active else "is shut out: let them in again first"
        raise CannotPropose(f"{user.username} {told}.")
    if act == Act.RECOVERY and not user.has_usable_password():
        raise CannotPropose("This person has not set a password yet. Make a link for that.")
    if act == Act.FACTORS and not Authenticator.objects.filter(user=user).exists():
        raise CannotPropose(f"{user.username} has no second factor.")


def _do(proposal: ProposedAccess, by: User) -> str:
    if proposal.act == Act.OPERATOR:
        return _make_operator(proposal, by)
    user = User.objects.select_for_update().get(username=proposal.username)
    if proposal.act == Act.RECOVERY:
        return recovery.start(user=user, by=by)
    if proposal.act == Act.LINK:
        link = links.set_password_link(user=user, by=by)
        notifications.notify(user, action="invited", by=by)
        return link
    if proposal.act == Act.FACTORS:
        Authenticator.objects.filter(user=user).delete()
        _note("second_factor_removed", user, by)
    else:
        user.is_active = True
        user.save(update_fields=["is_active"])
        _note("account_reopened", user, by)
    return ""


def _make_operator(proposal: ProposedAccess, by: User) -> str:
    user = User(
        username=proposal.username,
        name=proposal.name,
        email=proposal.email,
        is_staff=True,
        is_superuser=True,
    )
    user.set_unusable_password()
    user.save()
    _note("operator_made", user, by)
    return links.set_password_link(user=user, by=by)


def _note(action: str, user: User, by: User) -> None:
    record_account_event(action, account=user, by=by)
    notifications.notify(user, action=action, by=by)


def _record(action: str, proposal: ProposedAccess, by: User) -> None:
    """In the trail; and, where the account is there, with what was done with it."""
    new = {"what": proposal.get_act_display()}
    if account := User.objects.filter(username=proposal.username).first():
        record_account_event(action, account=account, by=by, new=new)
    else:
        audit.record(action, by=by, subject=proposal.username, new=new)
