from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from core import gate_clock, only_grows, restored
from core.outages import outage


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Shared tools"

    def ready(self) -> None:
        connection_created.connect(gate_clock.register)
        pre_migrate.connect(only_grows.stand_aside)
        connection_created.connect(restored.note_of_connection)
        connection_created.connect(outage.end)
        post_migrate.connect(only_grows.install)
