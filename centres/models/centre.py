"""Centres, and which Associate Centre is attached to which main centre (one level, one main each; rule 13)."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from centres.models.meaning import MeansOneThing
from core import time_zones

NUMBER = RegexValidator(r"^[A-Z0-9]{5}\Z", "A centre number is five capital letters or digits.")


def validate_time_zone(name: str) -> None:
    if fault := time_zones.fault_in(name):
        raise ValidationError(fault.format(f"“{name}”"))


class Centre(MeansOneThing):
    """A school: its number (five letters or digits), its name and the zone its clocks show."""

    MEANING = ("number",)

    number = models.CharField(max_length=5, unique=True, validators=[NUMBER])
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class SubcentreLink(MeansOneThing):
    """This Associate Centre is attached to that main centre. No row: a main or an ordinary centre."""

    MEANING = ("main", "associate")

    main = models.ForeignKey(Centre, models.PROTECT, related_name="subcentre_links")
    associate = models.OneToOneField(Centre, models.CASCADE, related_name="main_link")

    class Meta:
        ordering = ["associate__number"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(main=models.F("associate")),
                name="subcentre_link_not_to_itself",
                violation_error_message="A centre cannot be attached to itself.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.associate} attached to {self.main}"

    def clean(self) -> None:
        if SubcentreLink.objects.filter(associate=self.main_id).exists():
            raise ValidationError({"main": "An Associate Centre cannot be a main centre as well."})
        if SubcentreLink.objects.filter(main=self.associate_id).exists():
            raise ValidationError({"associate": "This centre has Associate Centres of its own."})
