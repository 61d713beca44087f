from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = "Results"

    def ready(self) -> None:
        from django.db.models.signals import post_delete

        from centres import only_grows, upkeep
        from exchange.states import overtaken_when
        from results.exports.out_of_date import is_out_of_date
        from results.exports.tasks import destroy_expired, destroy_with_its_row

        post_delete.connect(destroy_with_its_row, sender=self.get_model("Export"))
        upkeep.every_minute(destroy_expired)
        result, hold = self.get_model("Result"), self.get_model("Hold")
        only_grows.guard(result, but=["grade", "pum", "components", "added_at"])
        only_grows.guard(self.get_model("ResultChange"), but=["at"], until="OLD.at < '9999-01-01'")
        said_later = ["asked_by", "asked_at", "asked_as", "let_go_by", "let_go_at"]
        only_grows.guard(hold, but=said_later, until="OLD.let_go_at IS NOT NULL")
        overtaken_when(is_out_of_date)
