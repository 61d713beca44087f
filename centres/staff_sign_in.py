"""Who of the staff may sign in at all, and how their visits end.

Whoever is on the staff of no centre, or suspended at every one of them, has nothing to do here, and gets
the answer of somebody unknown. The board's own people are on the staff of no centre.
"""

from allauth.usersessions.models import UserSession

from centres.models import Membership, User


def may_sign_in(user: User) -> bool:
    if not user.is_active:
        return False
    return user.is_staff or user.is_superuser or Membership.objects.of(user).exists()


def end_visits(user: User) -> int:
    """Sign this person out in every browser; how many there were."""
    ended = 0
    for session in UserSession.objects.filter(user=user):
        session.end()
        ended += 1
    return ended
