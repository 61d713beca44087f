"""Operations: what a board's platform team sees and runs – health, metrics, backup, restore, verify."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        from operations import pooling, schema

        post_migrate.connect(schema.after_migrate, sender=self, dispatch_uid="operations.schema")
        post_migrate.connect(pooling.note_settings, sender=self, dispatch_uid="operations.pooling")
