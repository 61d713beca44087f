"""Series and what is examined in them: qualifications, syllabuses, releases (rules 2, 3 and 19)."""

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from centres.models.meaning import MeansOneThing


class Qualification(MeansOneThing):
    """A qualification and the grades it can end in, best first (its scale, without X, Q and Y)."""

    MEANING = ("name",)

    name = models.CharField(max_length=100, unique=True)
    grades = models.CharField(max_length=200, help_text="Best first, with spaces between.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Syllabus(MeansOneThing):
    MEANING = ("code",)

    code = models.CharField(
        max_length=4, unique=True, validators=[RegexValidator(r"^[0-9]{4}\Z", "Four digits.")]
    )
    title = models.CharField(max_length=200)
    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="syllabuses")

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "syllabuses"

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


MONTHS = {3: "March", 6: "June", 11: "November"}


class Month(NamedTuple):
    """The month of a series, as `core.dates` writes it in any language."""

    year: int
    month: int


def month_named(text: str) -> Month | None:
    """“June 2026”, as a series is called; None for what is no name of one."""
    name, _, year = text.strip().partition(" ")
    months = {name.casefold(): month for month, name in MONTHS.items()}
    if name.casefold() not in months or not re.fullmatch(r"\d{4}", year):
        return None
    return Month(int(year), months[name.casefold()])


class SeriesQuerySet(models.QuerySet["Series"]):
    def named(self, text: str) -> "Series":
        """Find a series by its name (“June 2026”) or slug (“2026-06”). Raises Series.DoesNotExist."""
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            return self.get(year=int(match[1]), month=int(match[2]))
        if (month := month_named(text)) is None:
            raise self.model.DoesNotExist
        return self.get(year=month.year, month=month.month)


class Series(MeansOneThing):
    """March, June or November of a year, and the day from which credentials can be created (rule 3)."""

    MEANING = ("year", "month")

    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField(choices=list(MONTHS.items()))
    credentials_from = models.DateField(
        help_text="Centres can create candidates' credentials from the start of this day, board time."
    )
    sealed = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Its results are loaded by opening them alone (rule 28).",
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-month"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["year", "month"], name="series_once"),
            models.CheckConstraint(
                condition=models.Q(month__in=list(MONTHS)), name="series_month_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{MONTHS.get(self.month, self.month)} {self.year}"

    @property
    def slug(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def credentials_open_at(self) -> dt.datetime:
        """The instant (UTC) from which credentials can be created: midnight at the board."""
        midnight = dt.datetime.combine(
            self.credentials_from, dt.time(), ZoneInfo(settings.BOARD_TIME_ZONE)
        )
        return midnight.astimezone(dt.UTC)

    def credentials_open(self, at: dt.datetime | None = None) -> bool:
        return (at or timezone.now()) >= self.credentials_open_at


class Release(models.Model):
    """When the results of a qualification in a series are released to candidates (rule 19), and
    when, if earlier, to those staff who may see them in confidence."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="releases")
    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="releases")
    candidates_at = models.DateTimeField("released to candidates at")
    staff_at = models.DateTimeField("restricted view of staff from", null=True, blank=True)

    class Meta:
        ordering = ["series", "candidates_at", "qualification__name"]
        constraints = [
            models.UniqueConstraint(fields=["series", "qualification"], name="release_once"),
            models.CheckConstraint(
                condition=models.Q(staff_at=None)
                | models.Q(staff_at__lte=models.F("candidates_at")),
                name="release_to_staff_before_candidates",
                violation_error_message="Staff see results before candidates, or at the same time.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qualification}, {self.series}"
