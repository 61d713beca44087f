from django.apps import AppConfig
from django.db.models.signals import post_delete


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = "Results"

    def ready(self) -> None:
        from results.exports.tasks import destroy_with_its_row

        post_delete.connect(destroy_with_its_row, sender=self.get_model("Export"))
