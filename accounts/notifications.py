"""Notifications: what somebody does with another's account is told to its owner.

It stands on their own account page, and the sign-in after it says that there is something new, until they
have looked. What they have looked at is kept row by row: by the clock, an act that commits late would never
be new. Where the board has mail (HAS_MAIL), it is mailed as well. Nothing
depends on the mail: when it cannot be sent, what was done is done.
"""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import AccountEvent, User
from centres.models.audit import WORDS
from core.errors import log_error

NEW = "account_news"  # in the session: how much others have done with the account that is new
log = logging.getLogger(__name__)


def new_events(user: User) -> QuerySet[AccountEvent]:
    """What others have done with it that its owner has not looked at."""
    return user.events.exclude(by=user.username).filter(seen_at=None)


def seen(user: User, events: Iterable[AccountEvent]) -> None:
    """They have looked at these, which were new."""
    rows = user.events.filter(pk__in=[event.pk for event in events], seen_at=None)
    rows.update(seen_at=timezone.now())


def find_out(request: HttpRequest, user: User) -> None:
    """How much is new: looked up at the sign-in and on the front page, so that no other page pays."""
    many = new_events(user).count()
    if request.session.get(NEW) != many:
        request.session[NEW] = many


def forget(request: HttpRequest) -> None:
    """They have looked at what was done."""
    if request.session.get(NEW):
        request.session[NEW] = 0


def notify(user: User, *, action: str, by: User | str) -> None:
    """Mail what was done, once it is done for good."""
    who = f"{by} ({by.username})" if isinstance(by, User) else by
    facts = {"user": user, "what": WORDS[action], "who": who, "at": timezone.now()}
    mail(user, "accounts/mail/told.txt", facts)


def mail_link(user: User, link: str, *, kind: str) -> bool:
    """Mail a link (`set_password` or `recover`); whether it has gone."""
    return _mail(user, f"accounts/mail/{kind}.txt", {"user": user, "link": link})


def mail(user: User, template: str, facts: dict) -> None:
    """Mail this, once what it tells is done for good."""
    transaction.on_commit(lambda: _mail(user, template, facts))


def _mail(user: User, template: str, facts: dict) -> bool:
    """Text alone: what can be read everywhere, and loads nothing. The template's first line is the subject."""
    if not settings.HAS_MAIL or not user.email:
        return False
    facts = {**facts, "BOARD_NAME": settings.BOARD_NAME, "SITE_URL": settings.SITE_URL}
    subject, _, text = render_to_string(template, facts).partition("\n\n")
    try:
        send_mail(subject.strip(), text, None, [user.email])
    except OSError as error:  # smtplib's errors are OSErrors; what was to be sent is not logged
        log.warning("Mail to %s could not be sent: %s", user.username, type(error).__name__)
        log_error(error, f"mail to account {user.pk}")
        return False
    return True
