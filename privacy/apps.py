"""Privacy: what is kept of whom, until when; what is given out or removed of one person (rule 27)."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from privacy import doors


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        pre_migrate.connect(doors.stand_aside, sender=self)
        post_migrate.connect(doors.install, sender=self)
