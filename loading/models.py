"""Models of loading: the files that the board has given."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from core.ask_pages import fingerprint
from core.jobs import Job, JobQuerySet, State
from core.models import EncryptedFile
from loading.engine.report import SPOILT_NAMES


class LoadedFileQuerySet(JobQuerySet):
    def given(self) -> Self:
        """Those that have arrived."""
        return self.exclude(step=LoadedFile.Step.ARRIVING)

    def to_apply(self) -> Self:
        """Those that can be applied (`LoadedFile.can_be_applied`)."""
        checked = self.filter(
            step=LoadedFile.Step.CHECK, state=State.READY, destroyed_at=None, found__bad=0
        )
        return checked.exclude(found__changes=0)


class LoadedFile(Job):
    """A file that somebody of the board gave, to see what would change and then to apply it.

    `Job` is the step under way: to check what would change, or to apply it. Everything that came
    of the file's content – its bad rows, the sample of changes – is kept encrypted like the file itself;
    `found` holds counts alone.
    """

    class Step(models.TextChoices):
        ARRIVING = "arriving", "Arriving"
        CHECK = "look", "To see what would change"
        APPLY = "apply", "To apply it"
        DISCARDED = "discarded", "Discarded"

    SERIES = "series"  # the kind that says when results are released

    step = models.CharField(max_length=10, choices=Step, default=Step.ARRIVING)
    kind = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=100, help_text="As it was called where it came from.")
    reason = models.CharField("why results change", max_length=200, blank=True)
    file = models.OneToOneField(EncryptedFile, models.PROTECT, related_name="+")
    faults = models.OneToOneField(EncryptedFile, models.SET_NULL, null=True, related_name="+")
    sample = models.OneToOneField(EncryptedFile, models.SET_NULL, null=True, related_name="+")
    found = models.JSONField(default=dict)
    needs_second_person = models.BooleanField(
        default=False,
        help_text="It changes what a gate reads: another than who gave it applies it.",
    )
    looked_again = models.BooleanField(default=False)
    applied_by = models.CharField(max_length=150, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = LoadedFileQuerySet.as_manager()  # type: ignore[misc]  # a narrower one than of every Job

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
        """It was checked, and there is something in it to apply."""
        checked = self.step == self.Step.CHECK and self.is_ready and not self.destroyed_at
        return checked and not self.found.get("bad") and bool(self.found.get("changes"))

    @property
    def has_spoilt_names(self) -> bool:
        """Names of it have letters that were lost or encoded twice: who applies it says that they are right."""
        return any(self.found.get("to_look_at", {}).get(of) for of in SPOILT_NAMES)

    @property
    def counted(self) -> str:
        """What its page tells (`core.ask_pages`): this check."""
        return fingerprint(self.sample_id, self.found)

    @property
    def waits_for_second_person(self) -> bool:
        return self.needs_second_person and self.can_be_applied
