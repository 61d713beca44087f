"""Models of core: encrypted files, the site, its keys and their changes, workers that live."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.only_grows import OnlyGrows


class EncryptedFile(models.Model):
    """A file kept encrypted in the storage: whole, or not yet, or destroyed. What it is, and whose, tells the
    row that points to it. Written and read by `core.encrypted_files` alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    size = models.BigIntegerField(default=0, help_text="Bytes that are safely stored.")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, help_text="Once it is known.")
    master_key_id = models.CharField(max_length=50, blank=True)
    wrapped_key = models.BinaryField(null=True)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    whole_at = models.DateTimeField(null=True, blank=True)
    writer = models.UUIDField(null=True, editable=False)  # who writes to it (core/write_lease.py) …
    held_until = models.DateTimeField(null=True, editable=False)  # … unless that is said again

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="encrypted_file_size"),
        ]

    def __str__(self) -> str:
        return f"Encrypted file {self.pk}"

    @property
    def is_destroyed(self) -> bool:
        return self.wrapped_key is None


class KeyChange(models.Model):
    """What was done to the site's keys, and when: how long one is in use, and when one may leave."""

    ONLY_GROWS = OnlyGrows()

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


class SiteIdentity(models.Model):
    """The site that this database belongs to; a file in its storage says the same (`site_identity`)."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    site_id = models.UUIDField(default=uuid.uuid4)
    database = models.CharField(
        max_length=100, blank=True, db_default="", help_text="Which one it is (`restored`)."
    )
    backed_up_at = models.DateTimeField(null=True, blank=True)  # the database
    files_backed_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=1), name="site_identity_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.site_id)


class KeyFingerprint(models.Model):
    """A key of this site, told by a fingerprint from which it cannot be had (`key_fingerprints`).

    The row of a retired key stays, so that its id is never given to another key. `refused_at` and
    `refused_on`: when and on which machine another key was last found under this id, or none.
    """

    setting = models.CharField(max_length=20)
    key_id = models.CharField(max_length=20, blank=True, help_text="Empty for SECRET_KEY.")
    fingerprint = models.CharField(max_length=32)
    noted_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_on = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["setting", "key_id"]
        constraints = [
            models.UniqueConstraint(fields=["setting", "key_id"], name="key_fingerprint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.setting} {self.key_id}".strip()


class OrphanCheck(models.Model):
    """What the worker's last check of all encrypted files has found (`orphans`)."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    looked_at = models.DateTimeField()
    files = models.PositiveIntegerField(default=0)
    orphans = models.PositiveIntegerField(default=0, help_text="Still in their places.")
    missing = models.PositiveIntegerField(default=0, help_text="Rows whose file is not there.")
    quarantined = models.PositiveIntegerField(default=0)
    asks = models.BooleanField(default=False, help_text="More at once than is moved unasked.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=1), name="orphan_check_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.orphans} orphans of {self.files} files"


class WorkerHeartbeat(models.Model):
    """A background worker says again and again that it lives; `name` is its machine and process."""

    name = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return self.name
