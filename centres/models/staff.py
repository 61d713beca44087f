"""Staff of centres and of the board. Candidates are not users: they have credentials."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from centres.models.centre import Centre, SubcentreLink
from centres.plain_text import fault_in_username


class User(AbstractUser):
    """A person who signs in to Direct. Superusers are board operators."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200, blank=True)
    acts_seen = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What others did with their account, as far as they have read it.",
    )

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


class Role(models.TextChoices):
    EXAMS_OFFICER = "exams_officer", "Exams officer"
    VIEWER = "viewer", "Viewer"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> "MembershipQuerySet":
        """Without those that are suspended."""
        return self.filter(suspended_at=None)

    def of(self, user: Any) -> "MembershipQuerySet":
        """By what right this person is anywhere."""
        return self.in_force().filter(user=user)

    def acting_for(self, centre: Any) -> "MembershipQuerySet":
        """The staff of this centre, and those of the main centre to which it is attached (rule 13)."""
        main = SubcentreLink.objects.filter(associate=centre).values("main")
        return self.in_force().filter(models.Q(centre=centre) | models.Q(centre__in=main))


class Membership(models.Model):
    """This person is on the staff of this centre, in this role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    may_manage_results_service = models.BooleanField(
        "may manage the Candidate Results website", default=False
    )
    may_see_restricted_results = models.BooleanField(
        "may see results in confidence before candidates do",
        default=False,
        help_text="From the instant that each release gives for staff.",
    )
    suspended_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when nothing can be done by this right."
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["centre__number"]
        constraints = [
            models.UniqueConstraint(fields=["user", "centre"], name="membership_once_per_centre"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.centre}"

    @property
    def manages(self) -> bool:
        """Whether it is an exams officer's, with the right to manage the results service, in force."""
        return (
            self.role == Role.EXAMS_OFFICER
            and self.may_manage_results_service
            and self.suspended_at is None
        )


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
