"""Each act on an account writes one row of its own (`AccountEvent`) and one of the audit trail.

Whether an account counts as somebody else's (`accounts.four_eyes`), what is new to its owner
(`accounts.notifications`) and who can be taken back (`accounts.people.access`) is read from these rows.
"""

from typing import Any

from accounts.models import AccountEvent, User
from centres import audit
from centres.models import Centre


def record_account_event(
    kind: str, *, account: User, by: User | str, centre: Centre | None = None, **changes: Any
) -> None:
    """Write both rows, in the caller's transaction; `changes` are `old` and `new`, as for the trail."""
    event = audit.event(kind, by=by, centre=centre, subject=account.username, **changes)
    event.save()
    same: dict[str, Any] = {name: getattr(event, name) for name in ("by", "centre", "old", "new")}
    AccountEvent.objects.create(account=account, kind=kind, **same)
