from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from centres import gate_clock, only_grows


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        connection_created.connect(gate_clock.register)
        post_migrate.connect(only_grows.install)
