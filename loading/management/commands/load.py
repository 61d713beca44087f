"""`manage.py load KIND FILE`: a file of the board into the database, all of it or nothing.

Loading again changes nothing. What is wrong is listed on stderr, a line for each column and pattern, as
`line N, column: reason (so many rows: where)`, with exit status 1; `--bad-rows` writes a CSV of every one.
Candidates who lose their access, because their centre is attached or moved, lose their credentials in the
same transaction (rule 9).
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, IntegrityError
from tqdm import tqdm

from centres.access_changes import rolled_back
from core.errors import log_error
from loading.engine.loader import load
from loading.engine.report import (
    GIVES_NUMBERS,
    SPOILT_NAMES,
    BadRows,
    Counts,
    Fault,
    Report,
    ToLookAt,
    Warned,
)
from loading.findings import FaultsFile
from loading.kinds.results import REASON, ResultsFile
from loading.registry import KINDS, rows_of
from loading.sealed_rows import Sealed, refuse_sealed

BY = "command: load"
TOLD_AFTERWARDS = (*SPOILT_NAMES, *GIVES_NUMBERS, Warned.ANOTHER_HOUR)


class Command(BaseCommand):
    help = "Load a file of the board: centres, syllabuses, series, staff, entries or results."

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
        parser.add_argument("file", metavar="FILE", help="CSV; for results also a workbook (xlsx)")
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would change, and change nothing"
        )
        parser.add_argument(
            "--bad-rows", metavar="FILE", help="a CSV of every bad row, to be written"
        )
        parser.add_argument(
            "--reason", default=REASON, help="why results change, for their history"
        )

    def handle(
        self,
        *,
        kind: str,
        file: str,
        dry_run: bool,
        reason: str,
        bad_rows: str | None = None,
        **options,
    ) -> None:
        try:
            with _opened(file) as stream, _faults_file(bad_rows) as write:
                if kind == ResultsFile.name:
                    refuse_sealed(stream)
                counts = self._load(kind, stream, dry_run, reason, write)
        except Sealed as reason:
            raise CommandError(f"Nothing was changed. {reason} `manage.py seal` does.") from None
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

    def _load(
        self,
        name: str,
        stream: BinaryIO,
        dry_run: bool,
        reason: str,
        write: Callable[[Fault], object],
    ) -> Counts:
        size = os.fstat(stream.fileno()).st_size
        with tqdm(total=size, unit="B", unit_scale=True, leave=False, disable=None) as progress:
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
                progress.close()
                for one in report.alike:
                    self.stderr.write(str(one))
                rows = "1 bad row" if report.bad == 1 else f"{report.bad} bad rows"
                raise CommandError(f"Nothing was changed: the file has {rows}.") from None
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


@contextmanager
def _faults_file(file: str | None) -> Iterator[Callable[[Fault], object]]:
    """What writes a bad row into the file, if there is one."""
    if not file:
        yield lambda fault: None
        return
    try:
        opened = Path(file).open("xb")  # noqa: SIM115  # closed below
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        raise CommandError(f"{file} cannot be written: {reason}.") from None
    with opened:
        yield FaultsFile(opened.write).add


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
