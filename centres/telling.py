"""Whatever somebody does with another's account is told to that person.

It stands on their own account page, from the audit trail, and the sign-in after it says that there is
something new, until they have looked. What they have looked at is kept row by row: by the clock, an act that
commits late would never be new. Where the board has mail (HAS_MAIL), it is mailed as well. Nothing
depends on the mail: when it cannot be sent, what was done is done.
"""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from centres.errors import log_error
from centres.models import AuditEvent, User
from centres.models.audit import WORDS

ABOUT_ACCOUNTS = (
    "person_invited",
    "person_added",
    "rights_changed",
    "person_suspended",
    "suspension_lifted",
    "person_removed",
    "invited",
    "password_set",
    "second_factor_set_up",
    "second_factor_removed",
    "passkey_added",
    "passkey_removed",
    "recovery_codes_made",
    "recovery_started",
    "recovery_finished",
    "recovery_stopped",
    "signed_out",
    "access_proposed",
    "access_confirmed",
    "access_refused",
    "operator_made",
    "account_shut_out",
    "account_reopened",
    "board_added",
    "board_changed",
    "board_deleted",
)
log = logging.getLogger(__name__)


def done_with(user: User) -> QuerySet[AuditEvent]:
    """Everything that was done with this account, newest first."""
    return AuditEvent.objects.filter(subject=user.username, action__in=ABOUT_ACCOUNTS)


def unseen(user: User) -> QuerySet[AuditEvent]:
    """What others have done with it that its owner has not looked at."""
    return done_with(user).exclude(by=user.username).exclude(pk__in=user.acts_seen)


def seen(user: User, acts: Iterable[AuditEvent]) -> None:
    """They have looked at these, which were unseen."""
    user.acts_seen = [*user.acts_seen, *(act.pk for act in acts)]
    User.objects.filter(pk=user.pk).update(acts_seen=user.acts_seen)


def tell(user: User, *, action: str, by: User | str) -> None:
    """Mail what was done, once it is done for good."""
    who = f"{by} ({by.username})" if isinstance(by, User) else by
    facts = {"user": user, "what": WORDS[action], "who": who, "at": timezone.now()}
    transaction.on_commit(lambda: _mail(user, "told", facts))


def mail_link(user: User, link: str, *, kind: str) -> bool:
    """Mail a link (`set_password` or `recover`); whether it has gone."""
    return _mail(user, kind, {"user": user, "link": link})


def _mail(user: User, kind: str, facts: dict) -> bool:
    """Text alone: what can be read everywhere, and loads nothing."""
    if not settings.HAS_MAIL or not user.email:
        return False
    facts = {**facts, "BOARD_NAME": settings.BOARD_NAME, "SITE_URL": settings.SITE_URL}
    subject, _, text = render_to_string(f"people/mail/{kind}.txt", facts).partition("\n\n")
    try:
        send_mail(subject.strip(), text, None, [user.email])
    except OSError as error:  # smtplib's errors are OSErrors; what was to be sent is not logged
        log.warning("Mail to %s could not be sent: %s", user.username, type(error).__name__)
        log_error(error, f"mail to account {user.pk}")
        return False
    return True
