"""Recovery of an account, in two steps, when both the second factor and the recovery codes are lost.

Another officer of the centre, one of its main centre, or the board starts a recovery; the person must
finish it, on a link that works once and for PASSWORD_RESET_TIMEOUT: they give their password, and set up
an authenticator app. Until then what they used before still works, and they can stop it. Finishing it
removes every older factor, and signs them out everywhere.
"""

import uuid

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone

from accounts import links, notifications
from accounts.events import record_account_event
from accounts.models import Recovery, User
from accounts.sessions import end_visits
from centres.models import Centre


class CannotRecover(Exception):
    """The recovery has ended, or its time has passed."""


def start(*, user: User, by: User | str, centre: Centre | None = None) -> str:
    """The link; one that was made before does not work any more."""
    with transaction.atomic():
        user.recoveries.open().update(ended_at=timezone.now())
        username = by if isinstance(by, str) else by.username
        recovery = Recovery.objects.create(user=user, started_by=username)
        record_account_event("recovery_started", account=user, by=by, centre=centre)
        notifications.notify(user, action="recovery_started", by=by)
    return links.recovery_link(recovery)


def open_recovery(pk: uuid.UUID, token: str) -> Recovery | None:
    """The recovery to which this link leads, while it can be finished."""
    found = (
        Recovery.objects.open().select_related("user").filter(pk=pk, user__is_active=True).first()
    )
    if found is None or not links.recovery_tokens.check_token(found, token):  # type: ignore[arg-type]
        return None
    return found


def finish(*, recovery: Recovery, secret: str) -> None:
    """The new authenticator app in place of every factor there was. Raises CannotRecover."""
    with transaction.atomic():
        one = Recovery.objects.open().select_for_update().filter(pk=recovery.pk).first()
        if one is None:
            raise CannotRecover
        user = recovery.user
        Authenticator.objects.filter(user=user).delete()
        TOTP.activate(user, secret)
        one.ended_at = timezone.now()
        one.save(update_fields=["ended_at"])
        end_visits(user)
        record_account_event("recovery_finished", account=user, by=user)
        notifications.notify(user, action="recovery_finished", by=user)


def stop(*, user: User, by: User) -> bool:
    """Whoever still has a factor wants none of it; whether there was one to stop."""
    with transaction.atomic():
        stopped = user.recoveries.open().update(ended_at=timezone.now())
        if stopped:
            record_account_event("recovery_stopped", account=user, by=by)
    return bool(stopped)
