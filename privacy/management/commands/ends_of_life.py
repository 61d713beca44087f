"""`manage.py ends_of_life`: what is kept of people goes when its time has passed (`privacy.ends_of_life`)."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from privacy import ends_of_life, series_end


class Command(BaseCommand):
    help = "Removes what has been kept for its time, or strips it of people. The worker does so every hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._told("Would go now:", ends_of_life.count())
            for series in series_end.left().order_by("year", "month"):
                self.stdout.write(
                    f"{series}: {series_end.why_kept(series) or 'Its time has passed.'}"
                )
            return
        gone = Counter[str]()
        for some in ends_of_life.batches():
            gone += some
            if self.stdout.isatty():
                self.stdout.write(f"\r{gone['candidates']} candidates …", ending="")
        self._told("Gone:", gone)

    def _told(self, head: str, counts: dict[str, int]) -> None:
        told = ", ".join(f"{many} {what}" for what, many in counts.items() if many)
        self.stdout.write(f"{head} {told or 'nothing'}.")
