"""Who may do what to whom among the staff of centres.

An exams officer who may manage the results service is the desk for the staff of the own centre, and one
of a main centre also for that of every Associate Centre attached to it. Everybody else's people answer
exactly as those who do not exist: 404. Nobody raises their own rights, nor gives a right that they have
not themselves; a centre's last officer cannot go; what opens an account as a whole – a link, a recovery –
takes somebody who may act at every centre at which that person works, with every right that they have.
People of the board are not to be reached from here.

Every act asks these rules again with the rows locked, so that two at once cannot do together what neither
may do alone. Each leaves its audit row, and is told to the person concerned.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.utils import timezone

from centres import audit, links, recovery, second_person, telling
from centres.models import AuditEvent, Centre, Membership, Role, SubcentreLink, User
from centres.staff_sign_in import end_visits, may_sign_in

NO_LONGER = "You may not act for the people of this centre any more. Nothing was changed."
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
VIEWERS_MANAGE_NOTHING = "A viewer only looks. Choose “Exams officer”, or take that right away."
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


@dataclass(frozen=True)
class Rights:
    """What somebody may do at a centre."""

    role: str
    manages: bool
    restricted: bool

    @classmethod
    def of(cls, one: Membership) -> "Rights":
        return cls(one.role, one.may_manage_results_service, one.may_see_restricted_results)

    def fields(self) -> dict[str, str | bool]:
        return {
            "role": self.role,
            "may_manage_results_service": self.manages,
            "may_see_restricted_results": self.restricted,
        }

    def raises(self, before: "Rights") -> bool:
        return (
            (self.role == Role.EXAMS_OFFICER and before.role != Role.EXAMS_OFFICER)
            or (self.manages and not before.manages)
            or (self.restricted and not before.restricted)
        )


@dataclass(frozen=True)
class PeopleDesk:
    """Somebody at work for the people of `centre`, by the rights `by`."""

    user: User
    centre: Centre
    by: list[Membership]

    @property
    def may_give_restricted(self) -> bool:
        return any(one.may_see_restricted_results for one in self.by)


def managing(user: User) -> QuerySet[Membership]:
    """The rights by which this person is the desk for anybody's people."""
    officer = Membership.objects.of(user).filter(role=Role.EXAMS_OFFICER)
    return officer.filter(may_manage_results_service=True)


def centres_of(user: User) -> QuerySet[Centre]:
    """The centres for whose people this person is the desk."""
    homes = managing(user).order_by().values("centre")
    return Centre.objects.filter(Q(pk__in=homes) | Q(main_link__main__in=homes))


def desk_for(user: User, number: str) -> PeopleDesk:
    """Fetch and authorise in one. Raises Http404 for strangers, PermissionDenied for other staff."""
    centre = Centre.objects.select_related("main_link__main").filter(number=number).first()
    if centre is None:
        raise Http404
    found = list(Membership.objects.of(user).acting_for(centre))
    if not found:
        raise Http404
    by = [one for one in found if one.manages]
    if not by:
        raise PermissionDenied("people")
    return PeopleDesk(user=user, centre=centre, by=by)


def people_of(centre: Centre) -> QuerySet[Membership]:
    """The staff of a centre, suspended ones too; the board's own people are not shown."""
    theirs = Membership.objects.filter(
        centre=centre, user__is_superuser=False, user__is_staff=False
    )
    return theirs.filter(user__is_active=True).select_related("user").order_by("user__username")


def person_of(centre: Centre, username: str) -> Membership:
    """One of them. Raises Http404."""
    found = people_of(centre).filter(user__username=username).first()
    if found is None:
        raise Http404
    return found


def others_for(desk: PeopleDesk) -> QuerySet[User]:
    """Who has an account and could be put on this centre's staff: those on the staff of other centres
    of this desk and of no strange one, and those who were removed here and are on no staff now."""
    reached = centres_of(desk.user)
    strangers = Membership.objects.exclude(centre__in=reached).values("user")
    removed = AuditEvent.objects.filter(
        action="person_removed", centre__in=reached.order_by().values("number")
    )
    known = Q(memberships__centre__in=reached) | Q(
        memberships=None, username__in=removed.values("subject")
    )
    return (
        User.objects.filter(known, is_active=True)
        .exclude(Q(is_superuser=True) | Q(is_staff=True) | Q(pk=desk.user.pk))
        .exclude(memberships__centre=desk.centre)
        .exclude(pk__in=strangers)
        .distinct()
        .order_by("username")
    )


def invite(
    *, centre: Centre, username: str, name: str, email: str, rights: Rights, by: User
) -> tuple[User, str]:
    """A new account, on the staff of this centre; the person, and the link to set a password.

    Raises CannotAct, also when somebody anywhere has the username: whose it is stays untold.
    """
    with _acting(centre, by) as desk:
        _check_gift(desk, rights)
        if User.objects.annotate(lower=Lower("username")).filter(
            Q(lower=username.lower()) | Q(username=username)
        ):
            raise CannotAct(TAKEN)
        user = User(username=username, name=name, email=email)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            raise CannotAct(TAKEN) from None
        Membership.objects.create(user=user, centre=centre, **rights.fields())
        _note("person_invited", desk, user, new=rights.fields())
        link = links.set_password_link(user=user, by=by, centre=centre)
        telling.seen(user)  # what follows is news to them, the invitation is not
    return user, link


def add(*, centre: Centre, username: str, rights: Rights, by: User) -> Membership:
    """Somebody who has an account (`others_for`), on the staff of this centre too."""
    with _acting(centre, by) as desk:
        user = others_for(desk).filter(username=username).first()
        if user is None:
            raise CannotAct("Choose somebody from the list.")
        _check_gift(desk, rights)
        member = Membership.objects.create(user=user, centre=centre, **rights.fields())
        _note("person_added", desk, user, new=rights.fields())
        _tell("person_added", desk, user)
    return member


def change(*, member: Membership, rights: Rights, by: User) -> None:
    """Another role, or other rights, at this centre."""
    with _acting(member.centre, by, member) as desk:
        one = _reread(member)
        before = Rights.of(one)
        if rights == before:
            return
        _check_gift(desk, rights, before)
        if one.user == by and rights.raises(before):
            raise CannotAct(OWN_RIGHTS)
        for field, value in rights.fields().items():
            setattr(one, field, value)
        if one.user == by and not one.manages:
            _check_not_last(desk)
        one.save()
        old, new = audit.differences(before.fields(), rights.fields())
        _note("rights_changed", desk, one.user, old=old, new=new)
        _tell("rights_changed", desk, one.user)


def suspend(*, member: Membership, by: User) -> None:
    """Until it is lifted, nothing can be done by this right, from the next request on."""
    with _acting(member.centre, by, member) as desk:
        one = _reread(member)
        if one.suspended_at:
            return
        if one.user == by:
            _check_not_last(desk)
        one.suspended_at = timezone.now()
        one.save(update_fields=["suspended_at"])
        _note("person_suspended", desk, one.user)
        _out_if_shut_out(one.user)
        _tell("person_suspended", desk, one.user)


def lift(*, member: Membership, by: User) -> None:
    with _acting(member.centre, by, member) as desk:
        one = _reread(member)
        if not one.suspended_at:
            return
        if one.user == by:
            raise CannotAct(OWN_RIGHTS)
        _check_gift(desk, Rights.of(one))
        one.suspended_at = None
        one.save(update_fields=["suspended_at"])
        _note("suspension_lifted", desk, one.user)
        _tell("suspension_lifted", desk, one.user)


def remove(*, member: Membership, by: User) -> None:
    """Off the staff of this centre. The account stays, for its other centres and for the trail."""
    with _acting(member.centre, by, member) as desk:
        one = _reread(member)
        if one.user == by:
            _check_not_last(desk)
        before, user = Rights.of(one), one.user
        one.delete()
        _note("person_removed", desk, user, old=before.fields())
        _out_if_shut_out(user)
        _tell("person_removed", desk, user)


def make_link(*, member: Membership, by: User) -> str:
    """A new link to set a password. Until it is used, the old password works."""
    with _acting(member.centre, by, member) as desk:
        user = _reread(member).user
        _check_whole_account(desk, user)
        mine = _perhaps_one_with(by, user)
        if user.recoveries.open().filter(started_by__in=mine).exists():
            raise CannotAct(NOT_ALONE)
        link = links.set_password_link(user=user, by=by, centre=desk.centre)
        _tell("invited", desk, user)
    return link


def start_recovery(*, member: Membership, by: User) -> str:
    """For who has lost both factors: the link on which they set up new ones (`centres.recovery`)."""
    with _acting(member.centre, by, member) as desk:
        user = _reread(member).user
        _check_whole_account(desk, user)
        if not user.has_usable_password():
            raise CannotAct("This person has not set a password yet. Make a new link for that.")
        mine = _perhaps_one_with(by, user)
        recent = AuditEvent.objects.filter(action="invited", subject=user.username, by__in=mine)
        if recent.filter(at__gt=timezone.now() - second_person.SETTLED).exists():
            raise CannotAct(NOT_ALONE)
        link = recovery.start(user=user, by=by, centre=desk.centre)
    return link


@contextmanager
def _acting(centre: Centre, by: User, member: Membership | None = None) -> Iterator[PeopleDesk]:
    """The desk, asked for anew, with everybody's rights here and at the main centre locked."""
    with transaction.atomic():
        main = SubcentreLink.objects.filter(associate=centre).values("main")
        here = Q(centre=centre) | Q(centre__in=main)
        locked = Membership.objects.select_for_update().filter(here).order_by("pk")
        mine = [one for one in locked if one.user_id == by.pk and one.manages]
        if not mine:
            raise CannotAct(NO_LONGER)
        yield PeopleDesk(user=by, centre=centre, by=mine)


def _reread(member: Membership) -> Membership:
    """As they are now, under the lock."""
    found = people_of(member.centre).filter(pk=member.pk).first()
    if found is None:
        raise CannotAct("This person is not on the staff of the centre any more.")
    return found


def _check_gift(desk: PeopleDesk, rights: Rights, before: Rights | None = None) -> None:
    if rights.role == Role.VIEWER and rights.manages:
        raise CannotAct(VIEWERS_MANAGE_NOTHING)
    new = rights.restricted and not (before and before.restricted)
    if new and not desk.may_give_restricted:
        raise CannotAct(NOT_YOURS_TO_GIVE)


def _check_not_last(desk: PeopleDesk) -> None:
    """Whether somebody remains who can do what the desk does: an officer with a password."""
    others = people_of(desk.centre).exclude(user=desk.user)
    if not any(one.manages and one.user.has_usable_password() for one in others):
        raise CannotAct(LAST_OFFICER)


def _perhaps_one_with(by: User, user: User) -> set[str]:
    """Accounts that could be the same person's: of those that one invited, the other cannot be told."""
    return second_person.perhaps_one_with(by.username, but=user.username)


def _check_whole_account(desk: PeopleDesk, user: User) -> None:
    if user == desk.user:
        raise CannotAct(OWN_ACCOUNT)
    for theirs in user.memberships.select_related("centre"):
        mine = [
            one for one in Membership.objects.of(desk.user).acting_for(theirs.centre) if one.manages
        ]
        restricted = any(one.may_see_restricted_results for one in mine)
        if not mine or (theirs.may_see_restricted_results and not restricted):
            raise CannotAct(TOO_MUCH)


def _out_if_shut_out(user: User) -> None:
    if not may_sign_in(user):
        end_visits(user)


def _note(action: str, desk: PeopleDesk, user: User, **changes: dict) -> None:
    audit.record(action, by=desk.user, centre=desk.centre, subject=user.username, **changes)


def _tell(action: str, desk: PeopleDesk, user: User) -> None:
    if user != desk.user:
        telling.tell(user, action=action, by=desk.user)
