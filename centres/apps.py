from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from centres import gate_clock, only_grows


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        from centres import access_changes

        checks.register(access_changes.check_receivers)
        connection_created.connect(gate_clock.register)
        post_migrate.connect(only_grows.install)
