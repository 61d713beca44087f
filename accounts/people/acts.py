"""Acts on the staff of a centre: who may do what to whom (`accounts.people.access`), and each act itself.

Nobody raises their own rights, nor gives a right that they have not themselves; a centre's last officer
cannot go; what opens an account as a whole – a link, a recovery – takes somebody who may act at every
centre at which that person works, with every right that they have.

Every act asks these rules again with the rows locked, so that two at once cannot do together what neither
may do alone. Each leaves its audit row, and is told to the person concerned.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import four_eyes, links, notifications, recovery
from accounts.events import record_account_event
from accounts.models import User
from accounts.people.access import Rights, StaffManager, others_for, people_of
from accounts.sessions import end_visits
from accounts.sign_in import may_sign_in
from centres import audit
from centres.models import Centre, Membership, Role, SubcentreLink
from core.errors import log_error

NO_LONGER = "You can no longer manage the people of this centre. Nothing was changed."
TAKEN = "This username is taken. Choose another."
OWN_RIGHTS = "You cannot raise your own rights. Another exams officer can."
OWN_ACCOUNT = "This is your own account. What concerns it is on your account page."
LAST_OFFICER = (
    "You are the last exams officer of this centre who may manage its people. "
    "Give that right to somebody else first."
)
NOT_YOURS_TO_GIVE = (
    "You may not see results in confidence yourself, so you cannot give that right to others."
)
VIEWERS_MANAGE_NOTHING = "A viewer can only look. Choose “Exams officer”, or remove that right."
TOO_MUCH = (
    "This account opens more than you may open yourself, here or at another centre. "
    "Ask an exams officer who may do all of that, or the board."
)
NOT_ALONE = (
    "You made the other link for this person, or somebody did whose account you opened or who opened "
    "yours, less than seven days ago. So that nobody can take an account over alone, another exams "
    "officer, one of the main centre, or the board must do this."
)


class CannotAct(Exception):
    """The act is not allowed, or not possible; says why, to the person who asked for it."""


def invite(
    *, centre: Centre, username: str, name: str, email: str, rights: Rights, by: User
) -> tuple[User, str]:
    """A new account, on the staff of this centre; the person, and the link to set a password.

    Raises CannotAct, also when somebody anywhere has the username: whose it is stays untold.
    """
    with _acting(centre, by) as manager:
        _check_gift(manager, rights)
        if User.objects.annotate(lower=Lower("username")).filter(
            Q(lower=username.lower()) | Q(username=username)
        ):
            raise CannotAct(TAKEN)
        user = User(username=username, name=name, email=email)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:  # somebody else was a moment faster
            log_error(error, f"an account at {centre.number}")
            raise CannotAct(TAKEN) from None
        Membership.objects.create(user=user, centre=centre, **rights.fields())
        record_account_event(
            "person_invited", account=user, by=by, centre=centre, new=rights.fields()
        )
        link = links.set_password_link(user=user, by=by, centre=centre)
        # What follows is news to them, the invitation is not.
        notifications.seen(user, notifications.new_events(user))
    return user, link


def add(*, centre: Centre, username: str, rights: Rights, by: User) -> Membership:
    """Somebody who has an account (`others_for`), on the staff of this centre too."""
    with _acting(centre, by) as manager:
        user = others_for(manager).filter(username=username).first()
        if user is None:
            raise CannotAct("Choose somebody from the list.")
        _check_gift(manager, rights)
        member = Membership.objects.create(user=user, centre=centre, **rights.fields())
        _note("person_added", manager, user, new=rights.fields())
    return member


def change(*, member: Membership, rights: Rights, by: User) -> None:
    """Another role, or other rights, at this centre."""
    with _acting(member.centre, by, member) as manager:
        one = _reread(member)
        before = Rights.of(one)
        if rights == before:
            return
        _check_gift(manager, rights, before)
        if one.user == by and rights.raises(before):
            raise CannotAct(OWN_RIGHTS)
        for field, value in rights.fields().items():
            setattr(one, field, value)
        if one.user == by and not one.manages:
            _check_not_last(manager)
        one.save()
        old, new = audit.differences(before.fields(), rights.fields())
        _note("rights_changed", manager, one.user, old=old, new=new)


def suspend(*, member: Membership, by: User) -> None:
    """Until it is lifted, nothing can be done by this right, from the next request on."""
    with _acting(member.centre, by, member) as manager:
        one = _reread(member)
        if one.suspended_at:
            return
        if one.user == by:
            _check_not_last(manager)
        one.suspended_at = timezone.now()
        one.save(update_fields=["suspended_at"])
        _note("person_suspended", manager, one.user)
        _out_if_shut_out(one.user)


def lift(*, member: Membership, by: User) -> None:
    with _acting(member.centre, by, member) as manager:
        one = _reread(member)
        if not one.suspended_at:
            return
        if one.user == by:
            raise CannotAct(OWN_RIGHTS)
        _check_gift(manager, Rights.of(one))
        one.suspended_at = None
        one.save(update_fields=["suspended_at"])
        _note("suspension_lifted", manager, one.user)


def remove(*, member: Membership, by: User) -> None:
    """Off the staff of this centre. The account stays, for its other centres and for the trail."""
    with _acting(member.centre, by, member) as manager:
        one = _reread(member)
        if one.user == by:
            _check_not_last(manager)
        before, user = Rights.of(one), one.user
        one.delete()
        _note("person_removed", manager, user, old=before.fields())
        _out_if_shut_out(user)


def make_link(*, member: Membership, by: User) -> str:
    """A new link to set a password. Until it is used, the old password works."""
    with _acting(member.centre, by, member) as manager:
        user = _reread(member).user
        _check_whole_account(manager, user)
        mine = _possibly_same_person(by, user)
        if user.recoveries.open().filter(started_by__in=mine).exists():
            raise CannotAct(NOT_ALONE)
        link = links.set_password_link(user=user, by=by, centre=manager.centre)
        notifications.notify(user, action="invited", by=by)
    return link


def start_recovery(*, member: Membership, by: User) -> str:
    """For who has lost both factors: the link on which they set up new ones (`accounts.recovery`)."""
    with _acting(member.centre, by, member) as manager:
        user = _reread(member).user
        _check_whole_account(manager, user)
        if not user.has_usable_password():
            raise CannotAct("This person has not set a password yet. Make a new link for that.")
        mine = _possibly_same_person(by, user)
        recent = user.events.filter(kind="invited", by__in=mine)
        if recent.filter(at__gt=timezone.now() - four_eyes.SETTLED).exists():
            raise CannotAct(NOT_ALONE)
        link = recovery.start(user=user, by=by, centre=manager.centre)
    return link


@contextmanager
def _acting(centre: Centre, by: User, member: Membership | None = None) -> Iterator[StaffManager]:
    """The manager, asked for anew, with everybody's rights here and at the main centre locked."""
    with transaction.atomic():
        main = SubcentreLink.objects.filter(associate=centre).values("main")
        here = Q(centre=centre) | Q(centre__in=main)
        locked = Membership.objects.select_for_update().filter(here).order_by("pk")
        mine = [one for one in locked if one.user_id == by.pk and one.manages]
        if not mine:
            raise CannotAct(NO_LONGER)
        yield StaffManager(user=by, centre=centre, by=mine)


def _reread(member: Membership) -> Membership:
    """As they are now, under the lock."""
    found = people_of(member.centre).filter(pk=member.pk).first()
    if found is None:
        raise CannotAct("This person is not on the staff of the centre any more.")
    return found


def _check_gift(manager: StaffManager, rights: Rights, before: Rights | None = None) -> None:
    if rights.role == Role.VIEWER and rights.manages:
        raise CannotAct(VIEWERS_MANAGE_NOTHING)
    new = rights.restricted and not (before and before.restricted)
    if new and not manager.may_give_restricted:
        raise CannotAct(NOT_YOURS_TO_GIVE)


def _check_not_last(manager: StaffManager) -> None:
    """Whether somebody remains who can do what the manager does: an officer with a password."""
    others = people_of(manager.centre).exclude(user=manager.user)
    if not any(one.manages and one.user.has_usable_password() for one in others):
        raise CannotAct(LAST_OFFICER)


def _possibly_same_person(by: User, user: User) -> set[str]:
    """Accounts that could be the same person's: of those that one invited, the other cannot be told."""
    return four_eyes.possibly_same_person(by.username, but=user.username)


def _check_whole_account(manager: StaffManager, user: User) -> None:
    if user == manager.user:
        raise CannotAct(OWN_ACCOUNT)
    for theirs in user.memberships.select_related("centre"):
        mine = [
            one
            for one in Membership.objects.of(manager.user).acting_for(theirs.centre)
            if one.manages
        ]
        restricted = any(one.may_see_restricted_results for one in mine)
        if not mine or (theirs.may_see_restricted_results and not restricted):
            raise CannotAct(TOO_MUCH)


def _out_if_shut_out(user: User) -> None:
    if not may_sign_in(user):
        end_visits(user)


def _note(action: str, manager: StaffManager, user: User, **changes: dict) -> None:
    """One row of what was done, and the mail of it."""
    record_account_event(action, account=user, by=manager.user, centre=manager.centre, **changes)
    if user != manager.user:
        notifications.notify(user, action=action, by=manager.user)
