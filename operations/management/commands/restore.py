"""`manage.py restore`: the database of one point in time, then the files that are not there (`operations.restore`)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from operations import restore
from operations.backup import CannotBackUp, pgbackrest

NEXT = """Next, in this order:
  1. {start}bin/portal manage check        are the keys those of that time?
  2. bin/portal verify              what is missing, damaged or unknown?
  3. bin/portal manage restored     what does the database not know? Until somebody says go on, work waits,
                                    and the site is closed to all but the board."""


class Command(BaseCommand):
    help = (
        "Restores the database, then brings back files that are not there. Website and workers are "
        "stopped before, and so is PostgreSQL."
    )
    requires_system_checks: list[str] = []  # the database may be gone

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--at",
            default="",
            metavar="INSTANT",
            help="PostgreSQL as it was then: “2026-08-13 05:58:00+00”; without it, as late as can be",
        )
        what.add_argument("--copy", metavar="FILE", help="this copy of SQLite, not the latest")
        what.add_argument("--files", action="store_true", help="only the files")
        what.add_argument("--list", action="store_true", help="what there is to restore")

    def handle(self, *args: Any, **options: Any) -> None:
        is_sqlite = connection.vendor == "sqlite"
        try:
            if options["list"]:
                self._list(is_sqlite)
                return
            if not options["files"]:
                self._database(is_sqlite, options["at"], options["copy"])
            if settings.BACKUP_DIR:
                self.stdout.write(f"Files brought back: {restore.files()}.")
        except CannotBackUp as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename or 'the storage'}") from None
        self.stdout.write(NEXT.format(start="" if is_sqlite else "start PostgreSQL; "))

    def _database(self, is_sqlite: bool, at: str, copy: str | None) -> None:
        if not is_sqlite:
            restore.postgresql(at)
            self.stdout.write("pgBackRest has restored PostgreSQL.")
            return
        if at:
            raise CommandError(
                "SQLite has copies, and no points between them: --list, --copy FILE."
            )
        copies = restore.copies_of_sqlite()
        if not (copy or copies):
            raise CommandError("There is no copy of SQLite in BACKUP_DIR.")
        source = Path(copy) if copy else copies[0]
        aside = restore.sqlite(source)
        self.stdout.write(f"The database is now that of {source}.")
        if aside:
            self.stdout.write(f"What it was lies at {aside}; remove it when it is not needed.")

    def _list(self, is_sqlite: bool) -> None:
        if is_sqlite:
            for path in restore.copies_of_sqlite():
                self.stdout.write(str(path))
        else:
            pgbackrest("info")
