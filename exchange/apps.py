from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = "File Exchange"

    def ready(self) -> None:
        from centres import upkeep
        from exchange.looking import look_again
        from exchange.retention import destroy_expired
        from exchange.uploads import look_after

        upkeep.every_minute(look_after, look_again, destroy_expired)
