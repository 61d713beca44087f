"""After a restore: until when the database knows what happened, what goes on in it, and which letters it lacks.

The storage may be later than the database: letters that were stored after the point of the restore lie there,
and no row knows them. Where their letter file was asked for before the point, its key opens them, and it is
known whose they are; of a letter file that was asked for later, only the centre and the series are.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Max
from django.utils import timezone

from centres import audit
from centres.models import Centre, Series
from core import orphans
from core.dates import utc
from core.jobs import model_of
from core.models import WorkerHeartbeat
from credentials.letters import storage
from credentials.letters.letter_parts import LETTERS
from credentials.models import LetterFile
from sealed import ceremonies
from sealed.models import Ceremony

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class UnknownLetters:
    """Those of one letter file. `numbers`: whose they are, where that is known; else so many `parts` of up to 200."""

    of: str  # centre and series
    file_id: str
    since: dt.datetime
    until: dt.datetime
    parts: int
    numbers: tuple[str, ...] = ()

    def __str__(self) -> str:
        when = f"stored {_minute(self.since)} to {_minute(self.until)}"
        if not self.numbers:
            most = self.parts * LETTERS
            return f"{self.of}: at most {most} letters, {when}, of letter file {self.file_id}, asked for later"
        return f"{self.of}: {len(self.numbers)} letters, {when}: {', '.join(self.numbers)}"


def last_sign() -> dt.datetime | None:
    """The last that this database knows: a worker's sign of life comes every two seconds."""
    return WorkerHeartbeat.objects.aggregate(last=Max("seen_at"))["last"]


def end_sessions() -> None:
    """Those of staff: they are of a day before, and some were ended since. The sign-in asks who may come in."""
    Session.objects.all().delete()


def end_ceremonies(by: str) -> None:
    """What keyholders were at: their sessions have ended, and they begin again."""
    for one in Ceremony.objects.under_way():
        ceremonies.stop(one, by=by)


def under_way() -> dict[str, int]:
    """What work waits, in words of the models -> how many."""
    counts = {
        str(model_of(label)._meta.verbose_name_plural): model_of(label).objects.under_way().count()
        for label in settings.JOBS
    }
    return {words: many for words, many in counts.items() if many}


def unknown_letters() -> list[UnknownLetters]:
    """Letters in the storage that no row knows, however new, in order of centre."""
    found = orphans.look(timezone.now() + 2 * DAY)  # those of the last day, too
    names = sorted(name for area, name in found.orphans if area is storage.STORE)
    written = {kept.name: kept.written for kept in storage.STORE.files()} if names else {}
    files = {str(file.pk): file for file in LetterFile.objects.select_related("centre", "series")}
    lost = [
        _of_file(folder, files.get(folder), list(parts), written)
        for folder, parts in groupby(names, lambda name: name.split("/")[0])
    ]
    return sorted(lost, key=lambda one: (one.of, one.since))


def _of_file(
    folder: str, file: LetterFile | None, names: list[str], written: dict[str, float]
) -> UnknownLetters:
    times = [dt.datetime.fromtimestamp(written.get(name, 0), dt.UTC) for name in names]
    centre, series = [*names[0].rpartition("/")[2].split(".")[1:3], "?", "?"][:2]
    of = f"{file.centre.number}, {file.series}" if file else f"{centre}, {series}"
    numbers = tuple(sorted(_numbers(file, names))) if file else ()
    return UnknownLetters(of, folder, min(times), max(times), len(names), numbers)


def _numbers(file: LetterFile, names: list[str]) -> Iterator[str]:
    for name in names:
        try:
            yield from (letter.candidate_number for letter in storage.letters_of(file, name))
        except storage.CannotOpen:  # half written
            continue


def _minute(at: dt.datetime) -> str:
    return utc(at.replace(second=0, microsecond=0))


def tell_centres(by: str) -> None:
    """In the audit trail of each centre whose letters these are."""
    for one in unknown_letters():
        number, _, series = one.of.partition(", ")
        centre = Centre.objects.filter(number=number).first()
        named = [row for row in Series.objects.all() if series in (row.slug, str(row))]
        audit.record(
            "letters_unknown",
            by=by,
            centre=centre,
            series=named[0] if named else None,
            subject=f"Letter file {one.file_id}",
            new={"candidates": ", ".join(one.numbers)} if one.numbers else {},
        )
