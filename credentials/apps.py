from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Credentials"

    def ready(self) -> None:
        from centres import access_changes, orphans, upkeep
        from credentials import making, outdated, revoking, vault  # noqa: F401  # says that it does the work of its model
        from credentials.retention import destroy_expired

        access_changes.changed.connect(revoking.end_lost_logins)
        access_changes.changed.connect(outdated.tell_outdated)
        orphans.STORES.append(vault.STORE)
        upkeep.every_minute(destroy_expired)
