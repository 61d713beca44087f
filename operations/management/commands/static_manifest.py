"""`manage.py static_manifest`: whether this version's static files are collected here, as on every other machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations import static_manifest


class Command(BaseCommand):
    help = "Says whether the static files of this version are collected, as on every other machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accept",
            action="store_true",
            help="this machine’s are the right ones of this version",
        )

    def handle(self, *args: Any, accept: bool, **options: Any) -> None:
        if accept:
            static_manifest.accept()
        if found := static_manifest.reasons():
            raise CommandError(" ".join(found))
        self.stdout.write("The static files of this version are collected, as on every machine.")
