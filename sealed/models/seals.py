"""The seal of a series, its shares, the files that are closed to it, and the opening (rule 28)."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres.models import Series
from core.jobs import Job
from core.models import EncryptedFile
from sealed.models.in_words import fingerprint, moment, sum_of
from sealed.models.keyholders import Keyholder

LONGEST_NAME = 100  # of a file


class SealQuerySet(models.QuerySet["Seal"]):
    def closed(self) -> Self:
        """Of series that nobody has opened yet."""
        return self.filter(opened_at=None)

    def with_instants(self) -> models.QuerySet[Any]:
        """`seen_from`: when anybody of a centre may first see results of it, None while no release is set;
        `waiting`: how many files are to be opened."""
        release = "series__releases__"
        seen_from = Min(Coalesce(f"{release}staff_at", f"{release}candidates_at"))
        waits = Q(files__replaced_at=None, files__loaded_at=None)
        waiting = Count("files", filter=waits, distinct=True)
        return self.annotate(seen_from=seen_from, waiting=waiting)


class Seal(models.Model):
    """The key pair of a series: what is sealed is closed to the public half. The private half is nowhere but in
    the shares, which go when the series is opened. `opens_from`: two keyholders may open it from then on,
    three earlier."""

    series = models.OneToOneField(Series, models.PROTECT, related_name="seal")
    public_key = models.BinaryField()
    opens_from = models.DateTimeField()
    sealed_by = models.CharField(max_length=150)
    sealed_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    signature = models.CharField(max_length=100, db_default="", default="")
    reminded = models.SmallIntegerField(
        null=True,
        editable=False,
        help_text="How many hours before staff's first instant the board was last told that it is not opened.",
    )

    seen_from: dt.datetime  # of `with_instants`
    waiting: int

    objects = SealQuerySet.as_manager()

    class Meta:
        ordering = ["opens_from", "pk"]

    def __str__(self) -> str:
        return f"Seal of {self.series}"

    @property
    def fingerprint(self) -> str:
        return fingerprint(bytes(self.public_key))

    def facts(self) -> list:
        """What is signed (`sealed.signatures`)."""
        return [self.series_id, sum_of(self.public_key), moment(self.opens_from)]


class Share(models.Model):
    """The private half of a seal, closed to one keyholder and that to another: a box in a box. Whoever of the
    two comes first opens the outer one, the other the inner one; each pair has one for either order."""

    seal = models.ForeignKey(Seal, models.CASCADE, related_name="shares")
    outer = models.ForeignKey(Keyholder, models.PROTECT, related_name="+")
    inner = models.ForeignKey(Keyholder, models.PROTECT, related_name="+")
    box = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "outer", "inner"], name="share_once"),
            models.CheckConstraint(condition=~Q(outer=F("inner")), name="share_of_two"),
        ]

    def __str__(self) -> str:
        return f"Share of {self.outer} and {self.inner} in the seal {self.seal_id}"


class SealedFileQuerySet(models.QuerySet["SealedFile"]):
    def to_open(self) -> Self:
        """What is loaded when the series is opened, in its order."""
        return self.filter(replaced_at=None, loaded_at=None).order_by("number")


class SealedFile(models.Model):
    """A results file of a sealed series: the ciphertext (`sealed.container`), and of its content what tells no
    grade (`manifest`, signed: `sealed.signatures`)."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(
        max_length=LONGEST_NAME, help_text="As it was called where it came from."
    )
    reason = models.CharField("why results change", max_length=200, blank=True)
    file = models.OneToOneField(EncryptedFile, models.PROTECT, related_name="+")
    manifest = models.JSONField()
    signature = models.CharField(max_length=100)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a later file stands in its place."
    )
    loaded_at = models.DateTimeField(null=True, blank=True)

    objects = SealedFileQuerySet.as_manager()

    class Meta:
        ordering = ["seal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["seal", "number"], name="sealed_file_number"),
        ]

    def __str__(self) -> str:
        return f"Sealed file {self.number} of {self.seal.series}"

    def facts(self) -> list:
        """What is signed (`sealed.signatures`): the manifest, and what it belongs to – seal, order and ciphertext."""
        file = [str(self.file_id), self.file.sha256]
        return [
            self.seal_id,
            self.number,
            *file,
            self.manifest,
            self.reason,
            moment(self.replaced_at),
        ]


class Opening(Job):
    """The load of all files of a series that keyholders have opened, all or none (`sealed.opening`). `key`: the
    private half of its seal, wrapped by the site's master key, until the load ends, and no longer than
    `key_until`."""

    seal = models.OneToOneField(Seal, models.PROTECT, related_name="opening")
    key = models.BinaryField(null=True)
    master_key_id = models.CharField(max_length=50, blank=True)
    key_until = models.DateTimeField()
    faults = models.OneToOneField(EncryptedFile, models.SET_NULL, null=True, related_name="+")
    found = models.JSONField(default=dict, help_text="Counts alone.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key=None) | ~Q(master_key_id=""), name="opening_key_wrapped"
            ),
        ]

    def __str__(self) -> str:
        return f"Opening of {self.seal.series}"
