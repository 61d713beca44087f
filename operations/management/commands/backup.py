"""`manage.py backup`: the database, then the files, never the keys (`operations.backup`)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from operations import backup


class Command(BaseCommand):
    help = "Backs up the database by pgBackRest, or SQLite's own means, and then the files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--files",
            action="store_true",
            help="not PostgreSQL, which was backed up just now where it runs; SQLite is copied all the same",
        )

    def handle(self, *args: Any, files: bool, **options: Any) -> None:
        files = files and connection.vendor != "sqlite"  # whose copy nobody else makes
        part = "files" if files else "database"
        try:
            backup.begin()
            if not files:
                self.stdout.write(backup.of_the_database())
                backup.note(part, succeeded=True)
                part = "files"
            self.stdout.write(backup.of_files())
            backup.note(part, succeeded=True)
            backup.finish()
        except backup.CannotBackUp as error:
            backup.note(part, succeeded=False)
            raise CommandError(str(error)) from None
        except OSError as error:
            backup.note(part, succeeded=False)
            raise CommandError(
                f"Not everything could be copied: {error.strerror or error}. What was copied stays."
            ) from None
        self.stdout.write(backup.KEYS_APART)
