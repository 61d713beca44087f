from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Credentials"

    def ready(self) -> None:
        from centres.access_changes import changed
        from credentials.letters import outdated
        from credentials.logins import revoking

        changed.connect(revoking.end_lost_logins)
        changed.connect(outdated.tell_outdated)
