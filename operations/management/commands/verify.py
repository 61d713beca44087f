"""`manage.py verify`: whether letters, files and rows are all there and whole; exit status 1 when not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from operations import verify


class Command(BaseCommand):
    help = (
        "Reads every letter and every encrypted file, and says what is missing, damaged or unknown."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        bars: dict[str, tqdm] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = tqdm(desc=what, total=total, disable=None, unit_scale=True, unit="")
            bars[what].update(done - bars[what].n)

        report = verify.verify(progress)
        for bar in bars.values():
            bar.close()
        for line in verify.in_words(report):
            self.stdout.write(line)
        if report.faults:
            sys.exit(1)
