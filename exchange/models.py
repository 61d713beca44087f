"""Files that two parties have uploaded for one another, their versions, and who downloaded them.

The parties are the board and a centre, or a main centre and one of its Associate Centres. An
`EncryptedFile` has the content; its row stays when the content is destroyed, so that it is never
hidden that there was a file.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from centres.models import Centre, Series
from core.jobs import Job
from core.models import EncryptedFile

LONGEST_NAME = 150


class Side(models.TextChoices):
    """Of which party somebody is."""

    CENTRE = "centre", "Centre"
    ABOVE = "above", "Board or main centre"  # whichever of the two the exchange is with

    @property
    def opposite(self) -> "Side":
        return Side.ABOVE if self == Side.CENTRE else Side.CENTRE


class Kind(models.TextChoices):
    """What a file is about; with the series it makes the folder."""

    ENTRIES = "entries", "Entries"
    RESULTS = "results", "Results"
    LETTERS = "letters", "Letters"
    CORRESPONDENCE = "correspondence", "Correspondence"
    OTHER = "other", "Other"


def folder_of(series: Series | None, kind: str) -> str:
    label = Kind(kind).label
    return f"{series}, {label}" if series else label


def _once_in_its_folder() -> list[models.BaseConstraint]:
    """A name stands once in a folder. Main centre and series may be none, and NULLs differ."""
    return [
        models.UniqueConstraint(
            fields=[
                "centre",
                "kind",
                "name",
                *(["main"] if with_main else []),
                *(["series"] if with_series else []),
            ],
            condition=Q(main__isnull=not with_main, series__isnull=not with_series),
            name=f"file_once_{'main' if with_main else 'board'}_{'series' if with_series else 'any'}",
        )
        for with_main in (True, False)
        for with_series in (True, False)
    ]


class File(models.Model):
    """A name in a folder of an exchange. Without `main` the exchange is with the board."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="exchange_files")
    main = models.ForeignKey(
        Centre, models.PROTECT, null=True, blank=True, related_name="exchange_files_as_main"
    )
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="exchange_files"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        constraints = [
            *_once_in_its_folder(),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="file_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> str:
        return folder_of(self.series, self.kind)


class Version(models.Model):
    """What was uploaded at one time. A newer one never takes the place of an older one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(File, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    stored = models.OneToOneField(EncryptedFile, models.PROTECT, related_name="exchanged")
    content = models.CharField(max_length=20, help_text="What it is, by what is in it.")
    side = models.CharField(max_length=10, choices=Side, help_text="Who uploaded it.")
    uploaded_by = models.CharField(max_length=150)
    uploaded_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=500, blank=True)
    kept_until = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    is_out_of_date: bool  # of `exchange.version_state.standing`

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="version_once"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="version_side_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
                name="version_withdrawn_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kept_until"], condition=Q(destroyed_at=None), name="version_kept_until"
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class Inspection(Job):
    """A version is checked before anybody may download it (`exchange.tasks`)."""

    version = models.OneToOneField(Version, models.CASCADE, related_name="inspection")
    refused = models.CharField(
        max_length=1000,
        blank=True,
        help_text="Why nobody may ever download it; empty while nothing was found.",
    )
    scanned_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the virus scanner found nothing in it, if one looked.",
    )

    def __str__(self) -> str:
        return f"Check of {self.version_id}"


class Download(models.Model):
    """Somebody of one side has downloaded a version."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="downloads")
    side = models.CharField(max_length=10, choices=Side)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="download_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d %H:%M}"


class Upload(models.Model):
    """A file on its way in, seen by nobody but the uploader. When all of it is there it becomes a
    version, which stays known here for a while: the answer that said so may have been lost."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(User, models.CASCADE, related_name="uploads")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="uploads")
    main = models.ForeignKey(Centre, models.CASCADE, null=True, blank=True, related_name="+")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    name = models.CharField(max_length=255)
    note = models.CharField(max_length=500, blank=True)
    length = models.BigIntegerField(help_text="Bytes that are to come in all.")
    stored = models.OneToOneField(EncryptedFile, models.PROTECT, related_name="upload")
    modified = models.BigIntegerField(
        null=True,
        help_text="When the file was last changed, in milliseconds, as the browser says.",
    )
    heard_at = models.DateTimeField(default=timezone.now)
    version = models.OneToOneField(
        Version, models.CASCADE, null=True, blank=True, related_name="upload"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(length__gte=0), name="upload_length"),
        ]

    def __str__(self) -> str:
        return f"Upload {self.pk}"

    @property
    def percent(self) -> int:
        return 100 * self.stored.size // self.length if self.length else 0

    @property
    def folder(self) -> str:
        return folder_of(self.series, self.kind)

    @property
    def expires_at(self) -> dt.datetime:
        begun = bool(self.stored.size)
        return self.heard_at + (
            settings.EXCHANGE_UPLOAD_EXPIRES_AFTER
            if begun
            else settings.EXCHANGE_EMPTY_EXPIRES_AFTER
        )
