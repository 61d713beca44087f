from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = "Results"

    def ready(self) -> None:
        from django.db.models.signals import post_delete

        from centres import upkeep
        from exchange.states import overtaken_when
        from results.taking_away.exports import destroy_expired, destroy_with_its_row
        from results.taking_away.overtaken import is_overtaken

        post_delete.connect(destroy_with_its_row, sender=self.get_model("Export"))
        upkeep.every_minute(destroy_expired)
        overtaken_when(is_overtaken)
