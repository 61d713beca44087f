"""What the board loads: qualifications and syllabuses, series and their releases, candidates, entries."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from centres.models.centre import Centre
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


class SeriesQuerySet(models.QuerySet["Series"]):
    def named(self, text: str) -> "Series":
        """Find a series by its name (“June 2026”) or slug (“2026-06”). Raises Series.DoesNotExist."""
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            return self.get(year=int(match[1]), month=int(match[2]))
        name, _, year = text.strip().partition(" ")
        months = {name.casefold(): month for month, name in MONTHS.items()}
        if name.casefold() not in months or not re.fullmatch(r"\d{4}", year):
            raise self.model.DoesNotExist
        return self.get(year=int(year), month=months[name.casefold()])

    def with_valid_entry(self, centres: models.QuerySet[Centre]) -> "SeriesQuerySet":
        """The series in which at least one of these centres has a valid entry (rule 2)."""
        valid = Entry.objects.valid().filter(
            candidate__series=models.OuterRef("pk"), candidate__centre__in=centres
        )
        return self.filter(models.Exists(valid))


class Series(MeansOneThing):
    """March, June or November of a year, and the day from which credentials can be created (rule 3)."""

    MEANING = ("year", "month")

    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField(choices=list(MONTHS.items()))
    credentials_from = models.DateField(
        help_text="Centres can create candidates' credentials from the start of this day, board time."
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


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def set_aside(self, at: dt.datetime) -> int:
        """Their numbers are given to other people: see `Candidate`."""
        return self.update(
            former_series=models.F("series"),
            former_centre=models.F("centre"),
            series=None,
            centre=None,
            set_aside_at=at,
        )

    def take_back(self) -> int:
        """They have their numbers again, which are free."""
        return self.update(
            series=models.F("former_series"),
            centre=models.F("former_centre"),
            former_series=None,
            former_centre=None,
            set_aside_at=None,
        )


class Candidate(MeansOneThing):
    """A candidate of one centre in one series: a person. Numbers are not stable from series to series.

    When the number is given to somebody else (rule 22), whoever had it is *set aside*: they keep what
    is theirs – entries, results, history, logins, which end – but belong to no series and no centre any
    more. So whatever asks for the candidates, entries, results or logins of a series or a centre does
    not come across them, and their number is free. Only what asks for people set aside finds them.
    """

    MEANING = ("series", "centre", "number")

    # `misc`: they are empty for those set aside alone, whom nothing finds that asks by either.
    series: "models.ForeignKey[Series, Series]" = models.ForeignKey(  # type: ignore[misc]
        Series, models.CASCADE, null=True, related_name="candidates"
    )
    centre: "models.ForeignKey[Centre, Centre]" = models.ForeignKey(  # type: ignore[misc]
        Centre, models.CASCADE, null=True, related_name="candidates"
    )
    number = models.CharField(
        max_length=4,
        validators=[RegexValidator(r"^(?!0000)[0-9]{4}\Z", "0001 to 9999, four digits.")],
    )
    name = models.CharField(max_length=200, help_text="As the board writes it: SURNAME: Forenames")
    date_of_birth = models.DateField(null=True, blank=True)
    uci = models.CharField("UCI", max_length=13, blank=True)
    group = models.CharField(
        max_length=50, blank=True, help_text="The centre's own, such as a form: see centres.groups."
    )
    set_aside_at = models.DateTimeField(null=True, editable=False)
    former_series = models.ForeignKey(
        Series, models.CASCADE, null=True, editable=False, related_name="+", db_index=False
    )
    former_centre = models.ForeignKey(
        Centre, models.CASCADE, null=True, editable=False, related_name="+", db_index=False
    )

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["series", "centre", "number"]
        constraints = [
            # Partial, so that to set somebody aside waits for nobody who writes what hangs on them.
            models.UniqueConstraint(
                fields=["series", "centre", "number"],
                condition=models.Q(centre__isnull=False),
                name="candidate_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    set_aside_at=None,
                    series__isnull=False,
                    centre__isnull=False,
                    former_series=None,
                    former_centre=None,
                )
                | models.Q(
                    set_aside_at__isnull=False,
                    series=None,
                    centre=None,
                    former_series__isnull=False,
                    former_centre__isnull=False,
                ),
                name="candidate_of_a_centre_or_set_aside",
            ),
        ]
        indexes = [
            # The same person in other series.
            models.Index(fields=["uci"], condition=~models.Q(uci=""), name="candidate_uci"),
            models.Index(
                fields=["former_series", "former_centre", "number"],
                condition=models.Q(former_centre__isnull=False),
                name="candidate_set_aside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def valid(self) -> "EntryQuerySet":
        return self.filter(withdrawn=False)


class Entry(MeansOneThing):
    """A candidate entered for a syllabus; valid until withdrawn."""

    MEANING = ("candidate", "syllabus")

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="entries")
    syllabus = models.ForeignKey(Syllabus, models.PROTECT, related_name="entries")
    option_code = models.CharField(max_length=4, blank=True)
    withdrawn = models.BooleanField(default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "syllabus__code"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "syllabus"], name="entry_once_per_syllabus"
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidate}, {self.syllabus}"
