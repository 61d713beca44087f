from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = "Results"

    def ready(self) -> None:
        from centres import upkeep
        from results.taking_away.exports import destroy_expired

        upkeep.every_minute(destroy_expired)
