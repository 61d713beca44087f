"""Arrangements of each centre for each series (rules 4, 5, 7 to 11). `centres.terms` says what follows."""

import datetime as dt

from django.db import models

from centres.models.candidate import Candidate
from centres.models.centre import Centre, SubcentreLink
from centres.models.series import Series

LONGEST_DELAY = dt.timedelta(hours=9999, minutes=59)


class Status(models.TextChoices):
    """Who of a centre's own candidates may have access (rule 5). Status alone lets nobody in."""

    NONE = "none", "NO candidates"
    ALL = "all", "ALL candidates"
    SELECTED = "selected", "Selected candidates"


class ContactChoice(models.TextChoices):
    """Whose contact details an Associate Centre's letters and pages name (rule 11)."""

    DEFAULT = "default", "Default"
    CENTRE_DEFINED = "centre", "Centre defined"


def delay_field(**options) -> models.DurationField:
    return models.DurationField("Candidate Results delay", default=dt.timedelta(), **options)


def delay_in_range(name: str, field: str = "delay") -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q((f"{field}__gte", dt.timedelta()), (f"{field}__lte", LONGEST_DELAY)),
        name=name,
    )


class ContactFields(models.Model):
    """Whom candidates ask: a name, and a telephone number or an e-mail address."""

    contact_name = models.CharField("Contact name", max_length=100, blank=True)
    contact_telephone = models.CharField("Telephone", max_length=40, blank=True)
    contact_email = models.EmailField("E-mail", max_length=100, blank=True)

    class Meta:
        abstract = True


class CentreArrangement(ContactFields):
    """What a centre's own exams officer confirmed at *Edit status* for a series (rules 4 and 5)."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="arrangements")
    series = models.ForeignKey(Series, models.CASCADE, related_name="arrangements")
    status = models.CharField(max_length=10, choices=Status, default=Status.NONE)
    delay = delay_field(help_text="For a main or ordinary centre: its own candidates.")
    agreed_by = models.CharField(max_length=150, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_wording = models.TextField(blank=True)
    letter_language = models.CharField(
        max_length=10, default="en-gb", help_text="What its letters were last printed in."
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "series"], name="centre_arrangement_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="centre_arrangement_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.NONE) | models.Q(agreed_at__isnull=False),
                name="centre_arrangement_access_needs_agreement",
            ),
            delay_in_range("centre_arrangement_delay_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.centre}, {self.series}: {self.get_status_display()}"


class SelectedCandidate(models.Model):
    """With the status *Selected candidates*, this candidate is one of them."""

    candidate = models.OneToOneField(Candidate, models.CASCADE, related_name="selection")

    def __str__(self) -> str:
        return str(self.candidate)


class SubcentreDefaults(ContactFields):
    """The first row and the foot of Subcentre Management: one per main centre and series (rule 8)."""

    main = models.ForeignKey(Centre, models.CASCADE, related_name="subcentre_defaults")
    series = models.ForeignKey(Series, models.CASCADE, related_name="subcentre_defaults")
    use_defaults = models.BooleanField("Use defaults", default=False)
    give_access = models.BooleanField("Give access", default=False)
    delay = delay_field()
    contact_choice = models.CharField(
        "Provide contact details",
        max_length=10,
        choices=ContactChoice,
        default=ContactChoice.DEFAULT,
    )
    version = models.PositiveIntegerField(default=0)
    saved_by = models.CharField(max_length=150, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["main", "series"], name="subcentre_defaults_once"),
            delay_in_range("subcentre_defaults_delay_in_range"),
            models.CheckConstraint(
                condition=models.Q(contact_choice__in=ContactChoice.values),
                name="subcentre_defaults_contact_choice_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Defaults of {self.main}, {self.series}"


class SubcentreArrangement(models.Model):
    """An Associate Centre's row of Subcentre Management; in force while *Use defaults* is unticked."""

    link = models.ForeignKey(SubcentreLink, models.CASCADE, related_name="arrangements")
    series = models.ForeignKey(Series, models.CASCADE, related_name="subcentre_arrangements")
    give_access = models.BooleanField("Give access", default=False)
    delay = delay_field()
    contact_choice = models.CharField(
        "Provide contact details",
        max_length=10,
        choices=ContactChoice,
        default=ContactChoice.DEFAULT,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "series"], name="subcentre_arrangement_once"),
            delay_in_range("subcentre_arrangement_delay_in_range"),
            models.CheckConstraint(
                condition=models.Q(contact_choice__in=ContactChoice.values),
                name="subcentre_arrangement_contact_choice_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link}, {self.series}"
