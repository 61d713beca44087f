"""`manage.py load KIND FILE`: a file of the board into the database, all of it or nothing.

Loading again changes nothing. Every bad row is listed on stderr, as `line N, column: reason`, with
exit status 1. Candidates who lose their access, because their centre is attached or moved, lose
their credentials in the same transaction (rule 9).
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, IntegrityError
from tqdm import tqdm

from centres.access_changes import rolled_back
from core.errors import log_error
from loading.engine.loader import load
from loading.engine.report import GIVES_NUMBERS, BadRows, Counts, Fault, Report, ToLookAt, Warned
from loading.kinds.results import REASON, ResultsFile
from loading.registry import KINDS, rows_of

BY = "command: load"
TOLD_AFTERWARDS = (*GIVES_NUMBERS, Warned.ANOTHER_HOUR)


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

            looked_at = ToSay()
            report = Report(write, warn=looked_at.add)
            options = {"reason": reason} if name == ResultsFile.name else {}
            kind = KINDS[name](report, by=BY, **options)

            def act() -> None:
                load(
                    kind,
                    rows_of(kind, stream, report),
                    after_batch=lambda: progress.update(stream.tell() - progress.n),
                )

            try:
                rolled_back(act) if dry_run else act()
            except BadRows:
                faults = "1 fault" if report.bad == 1 else f"{report.bad} faults"
                raise CommandError(f"Nothing was changed: the file has {faults}.") from None
        looked_at.logins = kind.access.of_former_holders
        for line in looked_at.lines(Warned if dry_run else TOLD_AFTERWARDS):
            self.stdout.write(line)
        for centre, candidates in kind.access.ended.items() if dry_run else ():
            self.stdout.write(f"Candidates of {centre} who would lose their access: {candidates}")
        return kind.counts


class ToSay:
    """What somebody should look at: numbers given to somebody else first, with the logins that end."""

    MOST = 100  # of each

    def __init__(self) -> None:
        self.logins = 0
        self.counts: Counter[Warned] = Counter()
        self.some: dict[Warned, list[str]] = defaultdict(list)

    def add(self, one: ToLookAt) -> None:
        self.counts[one.of] += 1
        if len(self.some[one.of]) < self.MOST:
            self.some[one.of].append(f"{one.place}: {one.sentence}")

    def lines(self, wanted: Iterable[Warned]) -> Iterator[str]:
        for of in wanted:
            if self.counts[of]:
                yield f"{of}: {self.counts[of]}"
                yield from self.some[of]
                if more := self.counts[of] - len(self.some[of]):
                    yield f"and {more} more"
        if self.logins:
            yield f"Logins that end with it: {self.logins}"


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
