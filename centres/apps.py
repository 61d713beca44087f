from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from centres import gate_clock, kept_files, orphans, strays, upkeep, work

        connection_created.connect(gate_clock.register)
        upkeep.every_beat(work.beat, work.resume)
        orphans.STORES.append(kept_files.STORE)
        upkeep.every_hour(
            strays.remove_unclaimed, kept_files.remove_destroyed, orphans.put_in_order
        )
