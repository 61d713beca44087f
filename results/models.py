"""Models of results: results, what they were before, and the board's holds; exports made in the background,
each for one person; what a shared export shows; up to when somebody has seen the changes at a centre.

Nobody reads `grade`, `pum` or `components` for a candidate but `results.release`, for staff but
`results.staff_release`.
"""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from centres.models import Candidate, Centre, Entry, Qualification, Series
from centres.models.meaning import MeansOneThing
from core.jobs import Job
from core.models import EncryptedFile
from core.only_grows import OnlyGrows
from exchange.models import Version
from results.components import ComponentsField
from results.hold_levels import HELD_BY, HOLD_LEVELS, holds_one_thing, whole


class Result(MeansOneThing):
    """The outcome of an entry: a grade of its qualification's scale, or X, Q or Y; perhaps a PUM. It is
    corrected, never deleted: with it would go its history (`core.only_grows`)."""

    MEANING = ("entry",)
    ONLY_GROWS = OnlyGrows(but=["grade", "pum", "components", "added_at"])

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="result")
    grade = models.CharField(max_length=10)
    pum = models.PositiveSmallIntegerField(
        "PUM",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text="Percentage uniform mark, 0 to 100; not a raw percentage.",
    )
    components = ComponentsField(default=tuple, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pum=None) | Q(pum__lte=100), name="result_pum_at_most_100"
            )
        ]

    def __str__(self) -> str:
        return f"Result of {self.entry}"


class ResultChange(models.Model):
    """What a result was before a correction (rule 21). Written by `results.corrections` alone, and never
    changed (`core.only_grows`)."""

    ONLY_GROWS = OnlyGrows(but=["at"], until="OLD.at < '9999-01-01'")

    result = models.ForeignKey(Result, models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=200)
    old_grade = models.CharField(max_length=10)
    old_pum = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Correction of {self.result_id} at {self.at:%Y-%m-%d %H:%M}"


class LastChange(models.Model):
    """When something of a series changed last. Written by `results.last_change` alone."""

    series = models.OneToOneField(Series, models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.series}: {self.at:%Y-%m-%d %H:%M}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> "HoldQuerySet":
        return self.filter(let_go_at=None)


class Hold(models.Model):
    """The board holds results back until two people let them go (rule 19). Written by `results.holds`
    alone. The reason is the board's own: it may tell what nobody else should know."""

    ONLY_GROWS = OnlyGrows(
        but=["asked_by", "asked_at", "asked_as", "let_go_by", "let_go_at"],
        until="OLD.let_go_at IS NOT NULL",
    )

    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True)
    qualification = models.ForeignKey(Qualification, models.PROTECT, null=True, blank=True)
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, blank=True)
    candidate = models.ForeignKey(Candidate, models.PROTECT, null=True, blank=True)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, verbose_name="result of the entry"
    )
    reason = models.CharField(max_length=200, help_text="For the board alone.")
    placed_by = models.CharField(max_length=150)
    placed_at = models.DateTimeField()
    asked_by = models.CharField("release asked for by", max_length=150, blank=True)
    asked_at = models.DateTimeField("release asked for at", null=True, blank=True)
    asked_as = models.TextField(
        default="", editable=False, help_text="What was held, as it was called when they asked."
    )
    let_go_by = models.CharField("released by", max_length=150, blank=True)
    let_go_at = models.DateTimeField("released at", null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=holds_one_thing(), name="hold_of_one_thing"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(placed_by=""), name="hold_placed_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(asked_by="", asked_at=None)
                | ~Q(asked_by="") & Q(asked_at__isnull=False),
                name="hold_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(let_go_by="", let_go_at=None)
                | ~Q(let_go_by="") & Q(let_go_at__isnull=False),
                name="hold_let_go_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(let_go_at=None)
                | Q(asked_at__isnull=False) & ~Q(let_go_by=F("asked_by")),
                name="hold_let_go_by_a_second_person",
            ),
            # These are the indexes of `results.holds.is_held` as well, and hold few rows.
            *(
                models.UniqueConstraint(
                    fields=level.fields,
                    condition=Q(let_go_at=None, **whole(what)),
                    name=f"hold_of_{what}_once",
                )
                for what, level in HOLD_LEVELS.items()
            ),
        ]

    def __str__(self) -> str:
        """What is held: “MAIN1 Made-up School, June 2026”."""
        if self.entry:
            return f"{self.entry.syllabus} of {named(self.entry.candidate)}"
        if self.candidate:
            return named(self.candidate)
        return ", ".join(str(one) for name in reversed(HELD_BY) if (one := getattr(self, name)))

    @property
    def state(self) -> str:
        if self.let_go_at:
            return f"Released by {self.let_go_by}, as {self.asked_by} had asked"
        return f"In force; {self.asked_by} has asked to release it" if self.asked_at else "In force"


def named(candidate: Candidate) -> str:
    """Who is set aside is named by what was theirs."""
    if candidate.former_centre:
        return f"{candidate}, formerly {candidate.former_centre.number}, {candidate.former_series}"
    return f"{candidate}, {candidate.centre.number}, {candidate.series}"


class What(models.TextChoices):
    BROADSHEET = "broadsheet", "Broadsheet"
    LISTING = "listing", "Results listing"
    SCHOOLS = "schools", "File for school systems"
    STATEMENTS = "statements", "Statements of provisional results"


class Format(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Workbook (xlsx)"
    PDF = "pdf", "PDF"


FORMATS = {
    What.BROADSHEET: (Format.XLSX, Format.CSV, Format.PDF),
    What.LISTING: (Format.XLSX, Format.CSV),
    What.SCHOOLS: (Format.CSV, Format.XLSX),
    What.STATEMENTS: (Format.PDF,),
}


class Export(Job):
    """A file of entries and results, made in the background: it belongs to who asked for it.

    `shown`: the qualifications of which it shows results; `of_centres`: the numbers of the centres of
    which it tells. By these each download checks once more whether that still holds.
    """

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="exports")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="exports")
    series = models.ForeignKey(Series, models.CASCADE, related_name="exports")
    what = models.CharField(max_length=20, choices=What)
    format = models.CharField(max_length=10, choices=Format)
    together = models.BooleanField(default=False)
    pum = models.BooleanField(default=False)
    numbers = models.JSONField(default=list)
    made_at = models.DateTimeField(null=True, blank=True)
    restricted_until = models.DateTimeField(null=True, blank=True)
    shown = models.JSONField(default=list)
    of_centres = models.JSONField(default=list)
    file_name = models.CharField(max_length=200, blank=True)
    stored = models.ForeignKey(
        EncryptedFile, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(made_at__isnull=False),
                name="export_ready_with_its_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.get_format_display()}"

    @property
    def kept_until(self) -> dt.datetime:
        return self.asked_at + settings.EXPORT_RETENTION


class SharedExport(models.Model):
    """What a file shows that was shared in File Exchange: by this it is known whether it still holds.

    `holds_known_until`: holds that were placed later are not regarded in it. `numbers`: of the candidates, with
    commas between them, when it is not all of these centres.
    """

    version = models.OneToOneField(Version, models.CASCADE, related_name="shared_export")
    holds_known_until = models.DateTimeField()
    centres = models.ManyToManyField(Centre, related_name="+")
    qualifications = models.ManyToManyField(Qualification, related_name="+")
    numbers = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Shown by {self.version_id}"


class ChangesSeen(models.Model):
    """Up to this instant this person has seen what changed at this centre in this series."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "centre", "series"], name="changes_seen_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.centre}, {self.series}: {self.at:%Y-%m-%d %H:%M}"
