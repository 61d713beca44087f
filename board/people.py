"""A person as the board looks at them: where they work with which rights, and whether they can sign in.

Who works where is changed by a file of staff, or by the centre at *People*; what opens an account takes two
(`board.accounts`).
"""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from accounts.models import AccountEvent, User
from board.models import ProposedAccess
from centres.models import Membership

EVENTS = 10


@dataclass(frozen=True)
class Person:
    user: User
    memberships: list[Membership]
    has_second_factor: bool
    has_password: bool
    waiting: list[ProposedAccess]
    events: list[AccountEvent]

    @property
    def is_of_the_board(self) -> bool:
        return self.user.is_superuser


def person(user: User) -> Person:
    """Four queries."""
    factors = Authenticator.objects.filter(user=user).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return Person(
        user,
        list(Membership.objects.filter(user=user).select_related("centre")),
        factors.exists(),
        user.has_usable_password(),
        list(ProposedAccess.objects.waiting().filter(username=user.username)),
        list(AccountEvent.objects.filter(account=user)[:EVENTS]),
    )
