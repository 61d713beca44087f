"""The staff of centres as their manager sees them: each list in a constant number of queries."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import AccountEvent, User
from accounts.people import access
from centres.models import Centre, Membership, Role, SubcentreLink
from core.searching import finding


def centres_with_people(user: User, search: str = "") -> QuerySet[Any]:
    """The centres whose people one manages: the own first, then the attached ones, by number; how many people, and
    how many of them officers who may manage."""
    on_staff = Q(memberships__user__is_active=True, memberships__user__is_staff=False)
    working = on_staff & Q(memberships__suspended_at=None)
    managing = Q(memberships__role=Role.EXAMS_OFFICER, memberships__may_manage_results_service=True)
    found = access.centres_of(user)
    return (
        found.filter(finding(search, "number", "name"))
        .annotate(
            staff=Count("memberships", filter=on_staff),
            officers=Count("memberships", filter=working & managing),
            attached=Exists(SubcentreLink.objects.filter(associate=OuterRef("pk"))),
        )
        .order_by("attached", "number")
    )


def counts(found: QuerySet[Any]) -> dict[str, int]:
    """How many centres there are among these, and at how many of them nobody manages."""
    managed = [officers > 0 for officers in found.values_list("officers", flat=True)]
    return {"all": len(managed), "unmanaged": managed.count(False)}


def has_an_officer(centre: Centre) -> bool:
    """Whether anybody works there who may manage the results service and the people."""
    working = access.people_of(centre).filter(suspended_at=None, role=Role.EXAMS_OFFICER)
    return working.filter(may_manage_results_service=True).exists()


def listed(centre: Centre) -> QuerySet[Membership]:
    """Everybody on the staff, with whether they have a second factor."""
    factors = Authenticator.objects.filter(user=OuterRef("user")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return access.people_of(centre).annotate(has_second_factor=Exists(factors))


def one_of(centre: Centre, username: str) -> Membership:
    """One of them. Raises Http404."""
    found = listed(centre).filter(user__username=username).first()
    if found is None:
        raise Http404
    return found


def done_here(centre: Centre, username: str) -> QuerySet[AccountEvent]:
    """What was done about this person at this centre, newest first; other centres' stays untold."""
    return AccountEvent.objects.filter(centre=centre.number, account__username=username)
