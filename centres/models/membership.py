"""Memberships: who is on the staff of which centre, in which role (rules 1 and 13)."""

from typing import Any

from django.conf import settings
from django.db import models

from centres.models.centre import Centre, SubcentreLink


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

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
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
