"""Staff of centres and of the board. Candidates are not users: they have credentials."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from centres.models.centre import Centre, SubcentreLink


class User(AbstractUser):
    """A person who signs in to Direct. Superusers are board operators."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200, blank=True)

    REQUIRED_FIELDS = ["email"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Role(models.TextChoices):
    EXAMS_OFFICER = "exams_officer", "Exams officer"
    VIEWER = "viewer", "Viewer"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: Any) -> "MembershipQuerySet":
        """By what right this person is anywhere."""
        return self.filter(user=user)

    def acting_for(self, centre: Any) -> "MembershipQuerySet":
        """The staff of this centre, and those of the main centre to which it is attached (rule 13)."""
        main = SubcentreLink.objects.filter(associate=centre).values("main")
        return self.filter(models.Q(centre=centre) | models.Q(centre__in=main))


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
