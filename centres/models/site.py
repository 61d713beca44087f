"""What the database knows of its site: which one it is, which keys it has, what lies in its DATA_DIR."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class SiteIdentity(models.Model):
    """The site that this database belongs to; a file in DATA_DIR says the same (`site_identity`)."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    site_id = models.UUIDField(default=uuid.uuid4)

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
    """What the worker's last look at all encrypted files has found (`orphans`)."""

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
