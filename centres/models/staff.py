"""Staff of centres and of the board. Candidates are not users: they have credentials."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from centres.models.centre import Centre


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
