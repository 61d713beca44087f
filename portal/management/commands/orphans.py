"""`manage.py orphans`: encrypted files that no row knows, and rows whose file is not there."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import orphans, site_identity


class Command(BaseCommand):
    help = "Counts the encrypted files in the storage that the database does not know, and the other way."
    requires_system_checks: list[str] = []  # it is asked when something does not fit

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument(
            "--confirm", action="store_true", help="move them to quarantine, however many they are"
        )
        act.add_argument(
            "--give-back", action="store_true", help="move back from quarantine what rows know"
        )

    def handle(self, *args: Any, confirm: bool, give_back: bool, **options: Any) -> None:
        if why := site_identity.disagreement():
            raise CommandError(why)
        if confirm:
            moved = orphans.remove_orphan_rows(confirmed=True)
            moved += orphans.put_in_order(confirmed=True)
            self.stdout.write(f"Moved to quarantine: {moved}.")
        if give_back:
            self.stdout.write(f"Moved back: {orphans.give_back(orphans.look().missing)}.")
        self._show(orphans.look())

    def _show(self, found: orphans.Found) -> None:
        self.stdout.write(f"Encrypted files in the storage: {found.files}.")
        for words, files in (
            ("Known to no row, and older than a day", found.orphans),
            ("Known to a row, and not there", found.missing),
        ):
            of = Counter(store.name for store, _ in files)
            self.stdout.write(
                f"{words}: {', '.join(f'{n} in {one}' for one, n in of.items()) or 0}."
            )
        self.stdout.write(f"Nothing points to: {orphans.old_orphan_rows().count()} in kept.")
        self.stdout.write(f"In quarantine: {sum(1 for _ in orphans.quarantined())}.")
