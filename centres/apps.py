from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from centres import gate_clock, strays, upkeep, work

        connection_created.connect(gate_clock.register)
        upkeep.every_beat(work.beat, work.resume)
        upkeep.every_hour(strays.remove_unclaimed, strays.remove_unknown)
