"""What is done with an account is one row of it (`AccountEvent`), and one of the audit trail beside it.

Whether an account counts as somebody else's (`centres.second_person`), what is new to its owner
(`centres.telling`) and who can be taken back (`centres.people`) is read from these rows.
"""

from typing import Any

from centres import audit
from centres.models import Centre
from centres.models.accounts import AccountEvent, User


def record_account_event(
    kind: str, *, account: User, by: User | str, centre: Centre | None = None, **changes: Any
) -> None:
    """Write both rows, in the caller's transaction; `changes` are `old` and `new`, as for the trail."""
    event = audit.event(kind, by=by, centre=centre, subject=account.username, **changes)
    event.save()
    same: dict[str, Any] = {name: getattr(event, name) for name in ("by", "centre", "old", "new")}
    AccountEvent.objects.create(account=account, kind=kind, **same)
