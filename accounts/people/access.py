"""Access to People: which staff of which centres somebody manages.

An exams officer who may manage the results service manages the people of the own centre, and one of a
main centre also those of every Associate Centre attached to it. Everybody else's people answer exactly as
those who do not exist: 404. People of the board are not to be reached from here. What a manager may do to
whom: `accounts.people.acts`.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from structlog.contextvars import bind_contextvars

from accounts.models import AccountEvent, User
from centres.models import Centre, Membership, Role


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
class StaffManager:
    """Who manages the people of `centre`, by the rights `by`."""

    user: User
    centre: Centre
    by: list[Membership]

    @property
    def may_give_restricted(self) -> bool:
        return any(one.may_see_restricted_results for one in self.by)


def managing(user: User) -> QuerySet[Membership]:
    """The rights by which this person manages anybody's people."""
    officer = Membership.objects.of(user).filter(role=Role.EXAMS_OFFICER)
    return officer.filter(may_manage_results_service=True)


def centres_of(user: User) -> QuerySet[Centre]:
    """The centres whose people this person manages."""
    homes = managing(user).order_by().values("centre")
    return Centre.objects.filter(Q(pk__in=homes) | Q(main_link__main__in=homes))


def manager_for(user: User, number: str) -> StaffManager:
    """Fetch and authorise in one. Raises Http404 for strangers, PermissionDenied for other staff."""
    centre = Centre.objects.select_related("main_link__main").filter(number=number).first()
    if centre is None:
        raise Http404
    found = list(Membership.objects.of(user).acting_for(centre))
    if not found:
        raise Http404
    bind_contextvars(centre=centre.number)
    by = [one for one in found if one.manages]
    if not by:
        raise PermissionDenied("people")
    return StaffManager(user=user, centre=centre, by=by)


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


def others_for(manager: StaffManager) -> QuerySet[User]:
    """Who has an account and could be put on this centre's staff: those on the staff of other centres
    of this manager and of no strange one, and those who were removed here and are on no staff now."""
    reached = centres_of(manager.user)
    strangers = Membership.objects.exclude(centre__in=reached).values("user")
    removed = AccountEvent.objects.filter(
        kind="person_removed", centre__in=reached.order_by().values("number")
    )
    known = Q(memberships__centre__in=reached) | Q(
        memberships=None, pk__in=removed.order_by().values("account")
    )
    return (
        User.objects.filter(known, is_active=True)
        .exclude(Q(is_superuser=True) | Q(is_staff=True) | Q(pk=manager.user.pk))
        .exclude(memberships__centre=manager.centre)
        .exclude(pk__in=strangers)
        .distinct()
        .order_by("username")
    )
