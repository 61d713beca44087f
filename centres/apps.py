from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        from django.core import checks
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_migrate

        from centres import (
            access_changes,
            gate_clock,
            kept_files,
            only_grows,
            orphans,
            strays,
            upkeep,
            work,
        )

        checks.register(access_changes.check_receivers)
        connection_created.connect(gate_clock.register)
        post_migrate.connect(only_grows.install)
        only_grows.guard(self.get_model("AuditEvent"))
        upkeep.every_beat(work.beat, work.resume)
        orphans.STORES.append(kept_files.STORE)
        upkeep.every_hour(
            strays.remove_unclaimed, kept_files.remove_destroyed, orphans.put_in_order
        )
