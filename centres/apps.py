from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        from centres import strays, upkeep, work

        upkeep.every_beat(work.beat, work.resume)
        upkeep.every_hour(strays.remove_unclaimed, strays.remove_unknown)
