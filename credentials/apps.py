from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Credentials"

    def ready(self) -> None:
        from centres import orphans, upkeep
        from credentials import making, vault  # noqa: F401  # says that it does the work of its model
        from credentials.retention import destroy_expired

        orphans.STORES.append(vault.STORE)
        upkeep.every_minute(destroy_expired)
