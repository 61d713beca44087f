"""Files that the board has loaded, and what waits for a second person."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.ask_pages import fingerprint
from centres.models import Qualification, Release, Series, User
from centres.models.kept import KeptFile
from centres.only_grows import OnlyGrows
from centres.work import Work
from results.models import Result, named


class LoadedFile(Work):
    """A file that somebody of the board gave, to see what would change and then to apply it.

    `Work` is the step under way: to look at what would change, or to apply it. Everything that came
    of the file's content – its bad rows, the sample of changes – is kept encrypted like the file itself;
    `found` holds counts alone.
    """

    class Step(models.TextChoices):
        ARRIVING = "arriving", "Arriving"
        LOOK = "look", "To see what would change"
        APPLY = "apply", "To apply it"
        DISCARDED = "discarded", "Discarded"

    SERIES = "series"  # the kind that says when results are released

    step = models.CharField(max_length=10, choices=Step, default=Step.ARRIVING)
    kind = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=100, help_text="As it was called where it came from.")
    reason = models.CharField("why results change", max_length=200, blank=True)
    file = models.OneToOneField(KeptFile, models.PROTECT, related_name="+")
    faults = models.OneToOneField(KeptFile, models.SET_NULL, null=True, related_name="+")
    sample = models.OneToOneField(KeptFile, models.SET_NULL, null=True, related_name="+")
    found = models.JSONField(default=dict)
    needs_second_person = models.BooleanField(
        default=False,
        help_text="It changes what a gate reads: another than who gave it applies it.",
    )
    looked_again = models.BooleanField(default=False)
    applied_by = models.CharField(max_length=150, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_second_person=False)
                | Q(applied_by="")
                | ~Q(applied_by=F("asked_by")),
                name="loaded_file_applied_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | ~Q(applied_by=""),
                name="loaded_file_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} file {self.pk}"

    @property
    def can_be_applied(self) -> bool:
        """It was looked at, and there is something in it to apply."""
        looked_at = self.step == self.Step.LOOK and self.is_ready and not self.destroyed_at
        return looked_at and not self.found.get("bad") and bool(self.found.get("changes"))

    @property
    def counted(self) -> str:
        """What its page tells (`centres.ask_pages`): this look."""
        return fingerprint(self.sample_id, self.found)

    @property
    def waits_for_second_person(self) -> bool:
        return self.needs_second_person and self.can_be_applied


class ProposalQuerySet(models.QuerySet[Any]):
    def waiting(self) -> "ProposalQuerySet":
        return self.filter(decided_at=None)


class Proposal(models.Model):
    """Somebody of the board proposes, a second person confirms (rule 26). See `portal.desk.proposals`.

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
    """An act that lets somebody sign in to an account (`portal.desk.accounts`). The account is named, not
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
