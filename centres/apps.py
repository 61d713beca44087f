from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        from centres import kept_files, upkeep, work

        upkeep.every_beat(work.beat, work.resume)
        upkeep.every_hour(kept_files.remove_strays)
