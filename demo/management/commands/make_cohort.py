"""`manage.py make_cohort`: a made-up cohort of any size, the whole board included, for rehearsals.

On PostgreSQL in minutes and in flat memory. Made-up people among real ones would be a disaster, so a
database that holds candidates is refused unless told otherwise, and no site in production has the command
(`DEMO` in portal/settings.py).
"""

import csv
import datetime as dt
import os
import resource
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from centres.models import Candidate, Release
from core.errors import log_error
from credentials.logins.secret import Secret
from demo.cohort import make
from demo.cohort.make import CannotMake, Size
from loading.engine.cells import Wrong, instant

BY = "command: make_cohort"


class Command(BaseCommand):
    help = "Makes a made-up cohort of any size, with live logins. For rehearsals, never for real."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--centres", type=int, default=53)
        parser.add_argument("--candidates", type=int, default=7_000)
        parser.add_argument("--results", type=int, help="2.5 for each candidate unless told")
        parser.add_argument(
            "--associates", type=int, default=52, help="Associate Centres of each main centre"
        )
        parser.add_argument(
            "--released-at",
            type=_instant,
            metavar="INSTANT",
            help="such as 2026-08-13T05:00:00+00:00; yesterday unless told",
        )
        parser.add_argument("--print-logins", type=int, default=0, metavar="N")
        parser.add_argument("--logins", type=Path, metavar="FILE", help="a new file for all logins")
        parser.add_argument("--add", action="store_true", help="to the candidates that are there")

    def handle(self, *args: Any, **options: Any) -> None:
        size = Size(
            options["centres"],
            options["candidates"],
            options["results"] or options["candidates"] * 5 // 2,
            options["associates"],
        )
        try:
            self._guard(options)
            start = time.monotonic()
            with _new(options["logins"]) as file:
                logins = Logins(options["print_logins"], size.candidates, file)
                self._make(size, options["released_at"], logins)
        except CannotMake as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was changed.") from None
        except DatabaseError as error:
            log_error(error, "a made-up cohort")
            raise CommandError(
                "The database is busy, away, full or not set up. Nothing was changed. Run "
                "manage.py migrate, then this again."
            ) from None
        for one in logins.stored:
            words = f"username {one.grouped_username}   password {one.grouped_password}"
            self.stdout.write(words)
        self.stdout.write(f"{_words(size)}, in {time.monotonic() - start:.0f} s; {_peak()}.")

    def _guard(self, options: dict[str, Any]) -> None:
        if Candidate.objects.exists() and not options["add"]:
            raise CommandError(
                "This database holds candidates already. Take an empty one, or say --add."
            )
        released = Release.objects.filter(series__year=2026, series__month=6)
        if options["released_at"] and released.exists():
            raise CommandError(
                "June 2026 has a release already. Leave out --released-at, or change the release "
                "on the board's pages."
            )

    def _make(self, size: Size, released_at: dt.datetime | None, logins: "Logins") -> None:
        with tqdm(total=size.candidates, unit=" candidates", leave=False, disable=None) as progress:

            def after_batch(made: list[Secret]) -> None:
                logins.add(made)
                progress.update(len(made))

            make.make(size, by=BY, released_at=released_at, after_batch=after_batch)


class Logins:
    """Keeps so many logins, spread evenly over all, and writes every one to the file, if any."""

    def __init__(self, keep: int, among: int, file: TextIO | None) -> None:
        self.keep, self.among = min(keep, among), among
        self.stored: list[Secret] = []
        self.seen = 0
        self.write = csv.writer(file).writerow if file else None
        if self.write:
            self.write(["username", "password"])

    def add(self, made: list[Secret]) -> None:
        for one in made:
            if self.write:
                self.write([one.grouped_username, one.grouped_password])
            if make.share(self.keep, self.among, self.seen):
                self.stored.append(one)
            self.seen += 1


@contextmanager
def _new(path: Path | None) -> Iterator[TextIO | None]:
    """A new file that only its owner can read; gone again when anything goes wrong."""
    if path is None:
        yield None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{path} is there already. Name a new file.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with open(descriptor, "w", newline="") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _instant(text: str) -> dt.datetime:
    try:
        return instant(text)
    except Wrong as wrong:
        raise ArgumentTypeError(str(wrong)) from None


def _words(size: Size) -> str:
    return (
        f"{size.centres:,} centres, {size.candidates:,} candidates with live logins, "
        f"{size.results:,} results"
    )


def _peak() -> str:
    """The most memory that this process ever had; Linux counts it in KiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"at most {most:.0f} MB of memory"
