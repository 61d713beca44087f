"""A file that is kept encrypted on the disk. What it is, and whose, tells the row that points to it."""

import uuid

from django.db import models
from django.utils import timezone


class KeptFile(models.Model):
    """Written and read by `centres.kept_files` alone. It is whole, or not yet, or destroyed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    size = models.BigIntegerField(default=0, help_text="Bytes that are safely stored.")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    master_key_id = models.CharField(max_length=50, blank=True)
    wrapped_key = models.BinaryField(null=True)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    whole_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(whole_at=None) | ~models.Q(sha256=""),
                name="kept_file_whole_with_its_digest",
            ),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="kept_file_size"),
        ]

    def __str__(self) -> str:
        return f"Kept file {self.pk}"

    @property
    def is_destroyed(self) -> bool:
        return self.wrapped_key is None


class KeyChange(models.Model):
    """What was done to the site's keys, and when: how long one is in use, and when one may leave."""

    class What(models.TextChoices):
        IN_USE = "in use", "Put in use"
        MOVED = "moved", "Everything moved to it"
        RETIRED = "retired", "Retired"
        ACCEPTED = "accepted", "Accepted as the site's"

    kind = models.CharField(max_length=20, help_text="master, pepper or secret")
    key_id = models.CharField(max_length=20, blank=True, help_text="Empty for SECRET_KEY.")
    what = models.CharField(max_length=20, choices=What)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind} key {self.key_id}: {self.what}"
