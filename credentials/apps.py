from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Credentials"

    def ready(self) -> None:
        from centres import upkeep
        from credentials import making  # noqa: F401  # says that it does the work of its model
        from credentials.retention import destroy_expired

        upkeep.every_minute(destroy_expired)
