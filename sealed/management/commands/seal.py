"""`manage.py seal FILE --series 2026-06 --by NAME`: a results file is checked and sealed on this machine (rule 28).

The file is read here, in full, and is in the memory of this command alone, which ends with it: to the database and the
storage goes ciphertext. It takes the public half of the seal, so it can be run wherever the database can be reached.
What is wrong is listed on stderr as by `load`, with exit status 1; what was found stands on stdout, grades included.
"""

import io
import resource
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts import four_eyes
from accounts.models import User
from centres.models import Series
from core.errors import log_error
from sealed import checking, giving
from sealed.models import Seal
from sealed.refused import Refused


class Command(BaseCommand):
    help = "Check a results file of a sealed series, and seal it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV, or a workbook (xlsx)")
        parser.add_argument("--series", required=True, help="as 2026-06")
        parser.add_argument(
            "--by", required=True, metavar="NAME", help="whose act it is: a username of the board"
        )
        parser.add_argument(
            "--replaces",
            action="store_true",
            help="it replaces what was given before; else it adds to that",
        )
        parser.add_argument(
            "--reason", default="", help="why results of earlier files change, for their history"
        )

    def handle(
        self, *, file: str, series: str, by: str, replaces: bool, reason: str, **options
    ) -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dump has what it read
        try:
            seal = _seal(series)
            self._seal(seal, Path(file), _of_the_board(by), replaces, reason)
        except Refused as why:
            raise CommandError(str(why)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing of the file was kept.") from None
        except DatabaseError as error:
            log_error(error, "seal")
            raise CommandError(
                "The database is busy, away or not set up. Nothing of the file was kept. Run this again."
            ) from None

    def _seal(self, seal: Seal, path: Path, by: User, replaces: bool, reason: str) -> None:
        try:
            content = io.BytesIO(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        checked = checking.check(seal.series, content)
        if checked.alike:
            for alike in checked.alike:
                self.stderr.write(str(alike))
            rows = "1 bad row" if checked.bad == 1 else f"{checked.bad} bad rows"
            raise CommandError(f"Nothing was sealed: the file has {rows}.")
        try:
            kept = giving.keep(
                seal,
                content.getbuffer(),
                checked.counts,
                length=checked.length,
                name=path.name,
                by=by,
                reason=reason,
                replaces=replaces,
            )
        except OSError as error:
            log_error(error, f"a results file of seal {seal.pk}")
            raise CommandError(
                "The storage is full, or cannot be reached. Nothing of the file was kept."
            ) from None
        for one in checked.distribution:
            self.stdout.write(
                f"{one.qualification}, beside {one.before or 'nothing to compare with'}:"
            )
            for share in one.shares:
                before = f"   {share.before} ({share.of_before})" if one.before else ""
                self.stdout.write(f"  {share.grade}: {share.now} ({share.of_now}){before}")
        self.stdout.write(
            "{}: {rows} rows, {with} entries with a result, {without} without.".format(
                kept, **checked.counts
            )
        )


def _seal(series: str) -> Seal:
    try:
        return Seal.objects.select_related("series").get(series=Series.objects.named(series))
    except Series.DoesNotExist:
        raise CommandError(f"There is no series {series}. Write it as 2026-06.") from None
    except Seal.DoesNotExist:
        raise CommandError(f"{series} is not sealed: load the file as any other.") from None


def _of_the_board(name: str) -> User:
    found = four_eyes.operator(name)
    if found is None:
        raise CommandError(f"{name} is no account of the board that is in use.")
    return found
