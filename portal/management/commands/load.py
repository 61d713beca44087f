"""`manage.py load KIND FILE`: a file of the board into the database, all of it or nothing.

Loading again changes nothing. Every bad row is listed on stderr, as `line N, column: reason`, with
exit status 1. Candidates who lose their access, because their centre is attached or moved, lose
their credentials in the same transaction (rule 9).
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, IntegrityError
from tqdm import tqdm

from centres.errors import log_error
from centres.loading.kind import load
from centres.loading.report import BadRows, Counts, Fault, Report
from credentials.revoking import shutting_out, would_shut_out
from portal.kinds_of_files import KINDS, rows_of
from results.loading import REASON, ResultsFile

BY = "command: load"


class Command(BaseCommand):
    help = "Load a file of the board: centres, syllabuses, series, staff, entries or results."

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
        parser.add_argument("file", metavar="FILE", help="CSV; for results also a workbook (xlsx)")
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would change, and change nothing"
        )
        parser.add_argument(
            "--reason", default=REASON, help="why results change, for their history"
        )

    def handle(self, *, kind: str, file: str, dry_run: bool, reason: str, **options) -> None:
        try:
            with _opened(file) as stream:
                counts = self._load(kind, stream, dry_run, reason)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was changed.") from None
        except IntegrityError as error:
            log_error(error, f"load {kind}")
            raise CommandError(
                "Somebody else changed the same rows meanwhile. Nothing was changed. Run this again."
            ) from None
        except DatabaseError as error:
            log_error(error, f"load {kind}")
            raise CommandError(
                "The database is busy, away, full or not set up. Nothing was changed. Run "
                "manage.py migrate, then this again."
            ) from None
        ending = f"Would be: {counts}; nothing was written." if dry_run else str(counts)
        self.stdout.write(ending)

    def _load(self, name: str, stream: BinaryIO, dry_run: bool, reason: str) -> Counts:
        size = os.fstat(stream.fileno()).st_size
        with tqdm(total=size, unit="B", unit_scale=True, leave=False, disable=None) as progress:

            def write(fault: Fault) -> None:
                with progress.external_write_mode(file=sys.stderr):
                    self.stderr.write(str(fault))

            report = Report(write)
            options = {"reason": reason} if name == ResultsFile.name else {}
            kind = KINDS[name](report, by=BY, **options)

            def act() -> None:
                load(
                    kind,
                    rows_of(kind, stream, report),
                    after_batch=lambda: progress.update(stream.tell() - progress.n),
                )

            try:
                losing = would_shut_out(act) if dry_run else _done(act)
            except BadRows:
                faults = "1 fault" if report.bad == 1 else f"{report.bad} faults"
                raise CommandError(f"Nothing was changed: the file has {faults}.") from None
        for centre, candidates in losing.items():
            self.stdout.write(f"Candidates of {centre} who would lose their access: {candidates}")
        return kind.counts


def _done(act: Callable[[], None]) -> dict[str, int]:
    with shutting_out(by=BY):
        act()
    return {}


def _opened(file: str) -> BinaryIO:
    path = Path(file)
    try:
        if path.exists() and not path.is_file():
            raise CommandError(f"{file} is not a file.")
        return path.open("rb")
    except FileNotFoundError:
        raise CommandError(f"There is no file {file}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        raise CommandError(f"{file} cannot be opened: {reason}.") from None
