"""Links that let a member of staff in: each is secret and works once, within PASSWORD_RESET_TIMEOUT.

Passwords are never loaded, mailed or told. A link is shown once to whoever makes it, who hands it over,
and mailed where the board has mail. It stands in no log, and not in the audit trail.
"""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.events import record_account_event
from accounts.models import Recovery, User
from centres.models import Centre


class RecoveryTokens(PasswordResetTokenGenerator):
    """What a recovery's link carries; it ends with the recovery."""

    key_salt = "link of a recovery"

    def _make_hash_value(self, recovery: Recovery, timestamp: int) -> str:  # type: ignore[override]
        return f"{recovery.pk}{recovery.ended_at}{timestamp}"


recovery_tokens = RecoveryTokens()


def set_password_link(*, user: User, by: User | str, centre: Centre | None = None) -> str:
    """A link on which this person can set a password, for whom it is the first or a forgotten one."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    record_account_event("invited", account=user, by=by, centre=centre)
    return settings.SITE_URL + reverse("set_password", args=[uid, token])


def recovery_link(recovery: Recovery) -> str:
    """The link on which the person finishes it."""
    token = recovery_tokens.make_token(recovery)  # type: ignore[arg-type]
    return settings.SITE_URL + reverse("recover", args=[recovery.pk, token])
