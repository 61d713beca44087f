from django.apps import AppConfig


class ResultsDayConfig(AppConfig):
    name = "results_day"
    verbose_name = "Results day"
