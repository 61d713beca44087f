"""`manage.py destroy_letters`: destroy the letter files whose time of keeping has passed (rule 17)."""

from django.core.management.base import BaseCommand

from credentials.letters.retention import destroy_expired


class Command(BaseCommand):
    help = "Deletes the letter files of series whose last release is LETTER_RETENTION_DAYS ago."

    def handle(self, *args, **options) -> None:
        count = destroy_expired()
        self.stdout.write(f"{count} letter file{'' if count == 1 else 's'} destroyed")
