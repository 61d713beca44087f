"""Staff of centres and of the board, as people who sign in. Candidates are not users: they have credentials."""

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from centres.models.audit import WORDS, Recorded
from core.only_grows import OnlyGrows
from core.plain_text import fault_in_username


class User(AbstractUser):
    """A person who signs in to Direct. Superusers are board operators."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200, blank=True)

    REQUIRED_FIELDS = ["email"]

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        """A new account's username is of one alphabet, whichever form makes it."""
        super().clean()
        if self._state.adding and (fault := fault_in_username(self.username)):
            raise ValidationError({"username": fault})

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def open(self, *, at: dt.datetime | None = None) -> "RecoveryQuerySet":
        """Those that can still be finished."""
        since = (at or timezone.now()) - dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        return self.filter(ended_at=None, started_at__gt=since)


class Recovery(models.Model):
    """Somebody who has lost both factors is to set up new ones. Until that is finished, the old ones
    stay as they are; it ends by being finished or stopped, or after PASSWORD_RESET_TIMEOUT."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="recoveries")
    started_by = models.CharField(max_length=150)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"Recovery of {self.user}"


class AccountEvent(Recorded):
    """What somebody did with an account. What is decided by it, and told to its owner, stands here; the
    audit trail is written beside it (`accounts.events`), and asked nothing."""

    ONLY_GROWS = OnlyGrows(but=["seen_at"], until="OLD.seen_at IS NOT NULL")

    account = models.ForeignKey(User, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=50, help_text="An action of the audit trail.")
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(
        null=True, help_text="Since when its owner has read it, where others did it."
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["kind", "-at"], name="account_event_kind_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {self.kind}"

    @property
    def words(self) -> str:
        """What was done, as people read it."""
        return WORDS[self.kind]
