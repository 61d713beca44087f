"""Files that the board has loaded, releases that wait for a second person, signs of life of workers."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.models import KeptFile, Qualification, Release, Series
from centres.work import Work


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
    looked_again = models.BooleanField(default=False)
    applied_by = models.CharField(max_length=150, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="series") | Q(applied_by="") | ~Q(applied_by=F("asked_by")),
                name="series_file_applied_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | ~Q(applied_by=""),
                name="loaded_file_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} file {self.pk}"

    @property
    def needs_second_person(self) -> bool:
        """Whether another than who gave it must apply it: it says when results are released."""
        return self.kind == self.SERIES

    @property
    def can_be_applied(self) -> bool:
        """It was looked at, and there is something in it to apply."""
        looked_at = self.step == self.Step.LOOK and self.is_ready and not self.destroyed_at
        return looked_at and not self.found.get("bad") and bool(self.found.get("changes"))


class ProposedReleaseQuerySet(models.QuerySet["ProposedRelease"]):
    def waiting(self) -> "ProposedReleaseQuerySet":
        return self.filter(decided_at=None)


class ProposedRelease(models.Model):
    """Somebody of the board proposes when a qualification is released; a second person confirms it.

    Written by `portal.desk.releases` alone. `old_…` is what held when it was proposed, so that nobody
    confirms a change of something else.
    """

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    series = models.ForeignKey(Series, models.CASCADE, related_name="+")
    qualification = models.ForeignKey(Qualification, models.CASCADE, related_name="+")
    candidates_at = models.DateTimeField()
    staff_at = models.DateTimeField(null=True, blank=True)
    old_candidates_at = models.DateTimeField(null=True, blank=True)
    old_staff_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ProposedReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "qualification"],
                condition=Q(decided_at=None),
                name="proposed_release_one_waits",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(proposed_by=""),
                name="proposed_release_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by="", decided_at=None)
                | ~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False),
                name="proposed_release_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="confirmed") | ~Q(decided_by=F("proposed_by")),
                name="proposed_release_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(staff_at=None) | Q(staff_at__lte=F("candidates_at")),
                name="proposed_release_staff_before_candidates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qualification}, {self.series}"

    @property
    def waits(self) -> bool:
        return self.decided_at is None

    def is_about(self, release: Release | None) -> bool:
        """Whether what is stored is still what this proposal wants to change."""
        now = (release.candidates_at, release.staff_at) if release else (None, None)
        return now == (self.old_candidates_at, self.old_staff_at)


class WorkerSign(models.Model):
    """A background worker says again and again that it lives; `name` is its machine and process."""

    name = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return self.name
