from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Credentials"

    def ready(self) -> None:
        from centres import upkeep
        from credentials.heartbeat import beat
        from credentials.making import resume_stale
        from credentials.retention import destroy_expired

        upkeep.every_beat(beat, resume_stale)
        upkeep.every_minute(destroy_expired)
