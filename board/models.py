"""Proposals of the board, which wait for a second person."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from centres.models import Candidate, Qualification, Release, Series
from core.only_grows import OnlyGrows
from results.models import Result, named


class ProposalQuerySet(models.QuerySet[Any]):
    def waiting(self) -> "ProposalQuerySet":
        return self.filter(decided_at=None)


class Proposal(models.Model):
    """Somebody of the board proposes, a second person confirms (rule 26). See `board.proposals`.

    `words` say what it is about, as that was called when it was proposed: where it is called otherwise now,
    nobody would know what they confirm.
    """

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    words = models.TextField(default="", editable=False)
    reason = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()
    ONLY_GROWS = OnlyGrows(
        but=["decision", "decided_by", "decided_at"], until="OLD.decided_at IS NOT NULL"
    )

    class Meta:
        abstract = True
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(proposed_by=""), name="%(class)s_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by="", decided_at=None)
                | ~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False),
                name="%(class)s_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="confirmed") | ~Q(decided_by=F("proposed_by")),
                name="%(class)s_confirmed_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.words or self.in_words()

    def in_words(self) -> str:
        """What it is about, as it is called now."""
        raise NotImplementedError

    @property
    def waits(self) -> bool:
        return self.decided_at is None

    @property
    def is_called_otherwise(self) -> bool:
        return self.words != self.in_words()


class ProposedRelease(Proposal):
    """When a qualification shall be released. `old_…` is what held when it was proposed, so that nobody
    confirms a change of something else."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="+")
    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="+")
    candidates_at = models.DateTimeField()
    staff_at = models.DateTimeField(null=True, blank=True)
    old_candidates_at = models.DateTimeField(null=True, blank=True)
    old_staff_at = models.DateTimeField(null=True, blank=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "qualification"],
                condition=Q(decided_at=None),
                name="proposed_release_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(staff_at=None) | Q(staff_at__lte=F("candidates_at")),
                name="proposed_release_staff_before_candidates",
            ),
        ]

    def in_words(self) -> str:
        return f"{self.qualification}, {self.series}"

    def is_about(self, release: Release | None) -> bool:
        """Whether what is stored is still what this proposal wants to change."""
        now = (release.candidates_at, release.staff_at) if release else (None, None)
        return now == (self.old_candidates_at, self.old_staff_at)


class ProposedCorrection(Proposal):
    """What a result shall be, once staff may see it. `old_…` is what it was when that was proposed."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="+")
    grade = models.CharField(max_length=10)
    pum = models.PositiveSmallIntegerField(null=True, blank=True)
    old_grade = models.CharField(max_length=10)
    old_pum = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["result"],
                condition=Q(decided_at=None),
                name="proposed_correction_one_waits",
            ),
        ]

    def in_words(self) -> str:
        entry = self.result.entry
        return f"{entry.syllabus} of {named(entry.candidate)}"

    def is_about(self, result: Result) -> bool:
        """Whether the result is still what this proposal wants to correct."""
        return (result.grade, result.pum) == (self.old_grade, self.old_pum)


class ProposedAccess(Proposal):
    """An act that lets somebody sign in to an account (`board.accounts`). The account is named, not
    pointed to: one of a new board operator is made when it is confirmed, with this name and address."""

    class Act(models.TextChoices):
        LINK = "link", "Make a set-password link"
        RECOVERY = "recovery", "Start a recovery of lost factors"
        FACTORS = "factors", "Remove the second factor"
        REOPEN = "reopen", "Let in again"
        OPERATOR = "operator", "Make a new board operator"

    username = models.CharField(max_length=150)
    act = models.CharField("what", max_length=10, choices=Act)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField("e-mail", blank=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["username", "act"],
                condition=Q(decided_at=None),
                name="proposed_access_one_waits",
            ),
        ]

    def in_words(self) -> str:
        return f"{self.get_act_display()}: {self.whose()}"

    def whose(self) -> str:
        """The account as it is now, and whether it is the board's."""
        user = User.objects.filter(username=self.username).first()
        if user is None:
            return f"{self.username} ({self.name}, {self.email})"
        return f"{self.username} ({user}, {'of the board' if user.is_superuser else 'of centres'})"


class ProposedErasure(Proposal):
    """All that is kept of one person shall go (rule 27, `privacy.erasure`): of these candidates, by their keys,
    or of the account with this username. It outlives the person, so its words have no name in them."""

    candidates = models.JSONField(default=list)
    username = models.CharField(max_length=150, blank=True)

    def in_words(self) -> str:
        if self.username:
            return f"Account {self.username}"
        found = Candidate.objects.filter(pk__in=self.candidates).order_by("pk")
        places = ("series", "centre", "former_series", "former_centre")
        return "; ".join(
            f"Candidate {one.number}, {one.centre or one.former_centre}, "
            f"{one.series or one.former_series}"
            for one in found.select_related(*places)
        )
