"""`manage.py site`: whether database and storage belong together, and the word that they do."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.module_loading import import_string

from core import site_identity

BY = "command: site"


class Command(BaseCommand):
    help = "Says whether the database and storage are of one site."
    requires_system_checks: list[str] = []  # it mends what they find

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--pair",
            action="store_true",
            help="they belong together: both get a new id, and no other copy of either fits any more",
        )

    def handle(self, *args: Any, pair: bool, **options: Any) -> None:
        if pair:
            try:
                with transaction.atomic():
                    record = import_string(settings.AUDIT_RECORD)
                    record("site_paired", by=BY, subject="Site")
                    site_identity.pair()
            except OSError as error:
                raise CommandError(f"The storage cannot be written to: {error.strerror}") from None
            self.stdout.write(
                "Database and storage belong together. Restart every process, and look what does not "
                "fit: manage.py orphans"
            )
        elif why := site_identity.disagreement():
            raise CommandError(why)
        elif site_identity.of_the_database():
            self.stdout.write("Database and storage are of one site.")
        else:
            self.stdout.write("Neither the database nor the storage belongs to a site yet.")
