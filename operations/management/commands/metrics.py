"""`manage.py metrics`: answers /metrics on METRICS_ADDRESS until it is stopped."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.metrics.exporter import server


class Command(BaseCommand):
    help = "Serves metrics of this machine to Prometheus, on METRICS_ADDRESS."
    requires_system_checks = ()  # it tells what is wrong, and so must start

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listening = server()
        except OSError as error:
            raise CommandError(f"METRICS_ADDRESS cannot be listened on: {error.strerror}") from None
        listening.serve_forever()
