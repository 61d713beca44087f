"""What two or three keyholders do together (rule 28)."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone

from core.only_grows import OnlyGrows
from sealed.models.keyholders import Keyholder
from sealed.models.seals import Seal


class CeremonyQuerySet(models.QuerySet["Ceremony"]):
    def under_way(self, at: dt.datetime | None = None) -> Self:
        """Those in which keyholders may still take part."""
        return self.filter(ended_at=None, ends_at__gt=at or timezone.now())


class Ceremony(models.Model):
    """What keyholders do together, each in a session and browser of their own, within fifteen minutes: open a
    series, rehearse that, or change who they are. `sealed.ceremonies` says what each needs and does."""

    class Kind(models.TextChoices):
        OPEN = "open", "Open results"
        REHEARSE = "rehearse", "Rehearse the opening"
        CHANGE = "change", "Change the keyholders"

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    ONLY_GROWS = OnlyGrows(
        but=["ended_at", "outcome", "rehearsal"],
        until="OLD.ended_at IS NOT NULL",
    )

    kind = models.CharField(max_length=10, choices=Kind)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="ceremonies")
    appointing = models.ManyToManyField(Keyholder, related_name="+")
    retiring = models.ManyToManyField(Keyholder, related_name="+")
    begun_by = models.CharField(max_length=150)
    begun_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    rehearsal = models.JSONField(
        default=dict, help_text="What a rehearsal opens, in base64; it goes when that ends."
    )

    objects = CeremonyQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]

    def __str__(self) -> str:
        of = f" of {self.seal.series}" if self.seal else ""
        return f"{self.get_kind_display()}{of}"


class Turn(models.Model):
    """A keyholder has given the passphrase in a ceremony. What it found is a row of its own (`Found`)."""

    ceremony = models.ForeignKey(Ceremony, models.CASCADE, related_name="turns")
    keyholder = models.ForeignKey(Keyholder, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    session = models.CharField(max_length=64, help_text="A digest of the session it came from.")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "keyholder"], name="turn_once"),
            models.UniqueConstraint(fields=["ceremony", "session"], name="turn_own_session"),
        ]

    def __str__(self) -> str:
        return f"{self.keyholder} in {self.ceremony}"


class Found(models.Model):
    """What a turn has found, each part still closed to one of the others, wrapped (`sealed.turns`). It goes when the
    ceremony ends. PostgreSQL writes this table to no WAL, so that it is in no archive, backup or standby."""

    turn = models.OneToOneField(
        Turn, models.CASCADE, primary_key=True, related_name="found", db_constraint=False
    )  # or else it could not be emptied in the transaction that has filled it
    master_key_id = models.CharField(max_length=50)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"What {self.turn} has found"
