"""A candidate, who is a person, and what each is entered for (rule 22)."""

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models

from centres.models.centre import Centre
from centres.models.meaning import MeansOneThing
from centres.models.series import Series, Syllabus


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

    def reinstate(self) -> int:
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
