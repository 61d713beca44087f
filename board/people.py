"""A person as the board looks at them: where they work with which rights, and whether they can sign in.

Who works where is changed by a file of staff, or by the centre at *People*; what opens an account takes two
(`board.accounts`).
"""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import notifications
from accounts.events import record_account_event
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

    @property
    def may_be_renamed(self) -> bool:
        """By one person (`rename`)."""
        return self.is_of_the_board and not self.memberships


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


def rename(user: User, *, name: str, email: str, by: User) -> None:
    """How somebody of the board alone is called and written to: no link is ever mailed to them, so that one
    person may correct it. Those of centres are in the file of staff."""
    new = {"name": name, "email": email}
    with transaction.atomic():
        stored = User.objects.select_for_update().get(pk=user.pk)
        if not stored.is_superuser or Membership.objects.filter(user=stored).exists():
            raise PermissionError(f"{stored.username} is in the file of staff")
        old = {key: getattr(stored, key) for key in new if getattr(stored, key) != new[key]}
        if not old:
            return
        new = {key: new[key] for key in old}
        User.objects.filter(pk=stored.pk).update(**new)
        record_account_event("board_changed", account=stored, by=by, old=old, new=new)
        if stored != by:
            notifications.notify(stored, action="board_changed", by=by)
