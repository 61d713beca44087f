"""Rows of operations: which version of the code has migrated this database, with which static files it serves."""

from django.db import models


class InstalledVersion(models.Model):
    """A version of this service that was installed here. `works_with`: the release before, whose code may still
    run on its schema."""

    version = models.CharField(max_length=50, primary_key=True)
    works_with = models.CharField(max_length=50, blank=True)
    migrated_at = models.DateTimeField(null=True)
    static_manifest = models.CharField(max_length=64, blank=True)
    static_manifest_on = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.version
