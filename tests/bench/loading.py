"""Loading: ours against `bulk_create` of row objects, checked and unchecked.

Each reads the same entries.csv and results.csv into empty tables, in batches of a thousand. Ours is
what `manage.py load` does: every cell judged, rows compared with what is there and with each other,
all or nothing. Checked: each row becomes an object, `full_clean` judges it, `bulk_create` writes it;
a round takes the first tenth, as each row costs the same. Unchecked leaves `full_clean` out:
it takes any nonsense, and is only here to show what judging costs. Both keep the keys of everything
in memory, which spares them queries, and neither can load a file twice.

Beside a plain load of the results the same file is sealed and opened (`tests.bench.sealing`).

With `--board` the files are a whole board's, 1.75 million rows each: ours is `manage.py load`, once
and once again, each file in a process of its own, and the others take the first 25,000 rows.
"""

import csv
import os
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from centres.models import Candidate, Centre, Entry, Series, Syllabus
from core.only_grows import lifted
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from demo.cohort.make import share
from demo.people import GRADES, SUBJECTS, Person, people, people_at
from loading.engine.csv_reader import csv_rows
from loading.engine.loader import BATCH, Kind, batches, load
from loading.engine.report import Report
from loading.kinds.entries import EntriesFile
from loading.kinds.results import ResultsFile
from results.models import Result
from tests.bench.environment import database_name
from tests.bench.measure import ratio, rounds, seconds, table
from tests.bench.sealing import Sealing

SAMPLE = 10  # the checked way loads a tenth
BOARD = 5_300, 700_000, 1_750_000  # centres, candidates, rows of each file
BOARD_SAMPLE = 25_000

Row = dict[str, str]


def run(*, quick: bool, board: bool = False) -> dict[str, float]:
    return _board() if board else _some(each=10 if quick else 200, quick=quick)


def _some(*, each: int, quick: bool) -> dict[str, float]:
    """Ten centres, round by round."""
    series = make_series()
    make_syllabuses()
    numbers = [one.number for one in make_centres(series, first=20_000, associates=9)]
    files = write_files((one, len(SUBJECTS)) for one in people(numbers, each))
    rows = 2 * len(numbers) * each * len(SUBJECTS)
    first, again, checked, unchecked = [], [], [], []
    sealing = Sealing(series, files[1])
    for _ in rounds(quick):
        checked.append(_objects(files, rows // SAMPLE, check=True))
        unchecked.append(_objects(files, rows, check=False))
        empty()
        first.append(rows / seconds(lambda: ours(files)))
        again.append(rows / seconds(lambda: ours(files)))
        sealing.round()
    empty()
    _, peak = apart(files)
    return _told(rows, first, again, checked, unchecked, peak) | _sealed(rows // 2, sealing)


def _board() -> dict[str, float]:
    """A whole board, once."""
    centres, candidates, rows = BOARD
    series = make_series()
    make_syllabuses()
    numbers = [one.number for one in make_centres(series, first=10_000, associates=centres - 1)]
    sizes = ((number, share(candidates, centres, at)) for at, number in enumerate(numbers))
    files = write_files(
        (one, share(rows, candidates, at)) for at, one in enumerate(people_at(sizes))
    )
    checked = _objects(files, BOARD_SAMPLE, check=True)
    unchecked = _objects(files, BOARD_SAMPLE, check=False)
    empty()
    took, peak = apart(files)
    took_again, peak_again = apart(files)
    first, again = ([2 * rows / one] for one in (took, took_again))
    told = _told(2 * rows, first, again, [checked], [unchecked], max(peak, peak_again))
    sealing = Sealing(series, files[1])
    sealing.round()
    return told | _sealed(rows, sealing)


def _objects(files: tuple[Path, Path], rows: int, *, check: bool) -> float:
    """Rows a second of the others' way, into empty tables."""
    empty()
    return rows / seconds(lambda: ByObjects(check=check).load(files, rows))


def _told(
    rows: int,
    first: list[float],
    again: list[float],
    checked: list[float],
    unchecked: list[float],
    peak: float,
) -> dict[str, float]:
    times = ratio(first, checked)
    times_unchecked = ratio(first, unchecked)
    times_first = ratio(again, first)
    table(
        f"Loading: {rows:,} rows of entries and results, {database_name()}, "
        f"in {peak:.0f} MB; medians of {len(first)}",
        ["", "rows a second", "times bulk_create"],
        [
            ["bulk_create of objects, checked", median(checked), 1.0],
            ["bulk_create of objects, unchecked", median(unchecked), ratio(unchecked, checked)],
            ["ours", median(first), times],
            ["ours, the same files again", median(again), ratio(again, checked)],
        ],
    )
    return {
        "loading_rows_per_second": median(first),
        "loading_times_bulk_create": times,
        "loading_times_bulk_create_unchecked": times_unchecked,
        "loading_again_times_first": times_first,
        "loading_peak_mb": peak,
    }


def _sealed(rows: int, sealing: Sealing) -> dict[str, float]:
    """Beside a plain load: how many times as fast the file is sealed, and how many times as long it is opened."""
    times = ratio(sealing.plain, sealing.sealing)
    opening = ratio(sealing.opening, sealing.plain)
    table(
        f"Sealed: {rows:,} rows of results, of entries that are there, {database_name()}",
        ["", "rows a second", "times the plain load’s", "seconds, times"],
        [
            ["plain load", rows / median(sealing.plain), 1.0, 1.0],
            ["sealing", rows / median(sealing.sealing), times, 1 / times],
            ["opening", rows / median(sealing.opening), 1 / opening, opening],
        ],
    )
    return {"sealing_rows_times_loading": times, "opening_seconds_times_loading": opening}


def write_files(entered: Iterable[tuple[Person, int]]) -> tuple[Path, Path]:
    """entries.csv and results.csv, as the board delivers them: so many rows for each of them."""
    entries, results = (settings.DATA_DIR / f"{name}.csv" for name in ("entries", "results"))
    codes = list(SUBJECTS)
    with (
        entries.open("w", newline="") as entries_file,
        results.open("w", newline="") as results_file,
    ):
        write_entry, write_result = (
            csv.writer(file).writerow for file in (entries_file, results_file)
        )
        write_entry(EntriesFile.columns)
        write_result(ResultsFile.columns)
        for at, (one, many) in enumerate(entered):
            who = ["June 2026", one.centre, one.number]
            for place in range(at, at + many):
                code = codes[place % len(codes)]
                write_entry([*who, one.name, one.born, one.uci, code, "AX", "valid"])
                write_result([*who, code, GRADES[place % len(GRADES)], place % 101])
    return entries, results


def apart(files: tuple[Path, Path]) -> tuple[float, float]:
    """`manage.py load` of both, each in a process of its own: seconds, and the most memory in MB."""
    took, most = 0.0, 0.0
    for kind, path in zip((EntriesFile, ResultsFile), files, strict=True):
        start = perf_counter()
        load_it = [sys.executable, "manage.py", "load", kind.name, str(path)]
        quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        process = os.posix_spawn(sys.executable, load_it, os.environ, file_actions=quiet)
        _, status, used = os.wait4(process, 0)
        if status:
            raise RuntimeError(f"{kind.name} could not be loaded")
        took += perf_counter() - start
        most = max(most, used.ru_maxrss / 1024)  # Linux counts it in KiB
    return took, most


def ours(files: tuple[Path, Path]) -> None:
    for kind_of, path in zip((EntriesFile, ResultsFile), files, strict=True):
        report = Report(print)
        kind: Kind = kind_of(report, by="bench")
        with path.open("rb") as stream:
            load(kind, csv_rows(stream, kind.columns, report))


class ByObjects:
    """What one writes first. With `check`, every object is judged by `full_clean`."""

    def __init__(self, *, check: bool) -> None:
        self.check = check
        self.series = {str(one): one for one in Series.objects.all()}
        self.centres = {one.number: one for one in Centre.objects.all()}
        self.syllabuses = {one.code: one for one in Syllabus.objects.all()}
        self.candidates: dict[tuple[str, str], Candidate] = {}
        self.entries: dict[tuple[str, str, str], Entry] = {}

    def load(self, files: tuple[Path, Path], rows: int) -> None:
        """The first rows of both files, so many together."""
        for path, save in zip(files, (self.save_entries, self.save_results), strict=True):
            with path.open(newline="") as file, transaction.atomic():
                for batch in batches(islice(csv.DictReader(file), rows // 2), BATCH):
                    save(batch)

    def save_entries(self, batch: list[Row]) -> None:
        new = {_who(row): row for row in batch if _who(row) not in self.candidates}
        candidates = [
            Candidate(
                series=self.series[row["series"]],
                centre=self.centres[row["centre"]],
                number=row["candidate_number"],
                name=row["candidate_name"],
                date_of_birth=row["date_of_birth"],
                uci=row["uci"],
            )
            for row in new.values()
        ]
        self.candidates |= zip(new, self._created(Candidate, candidates), strict=True)
        entries = [
            Entry(
                candidate=self.candidates[_who(row)],
                syllabus=self.syllabuses[row["syllabus"]],
                option_code=row["option_code"],
                withdrawn=row["status"] == "withdrawn",
            )
            for row in batch
        ]
        keys = [(*_who(row), row["syllabus"]) for row in batch]
        self.entries |= zip(keys, self._created(Entry, entries), strict=True)

    def save_results(self, batch: list[Row]) -> None:
        results = [
            Result(
                entry=self.entries[*_who(row), row["syllabus"]], grade=row["grade"], pum=row["pum"]
            )
            for row in batch
        ]
        self._created(Result, results)

    def _created(self, model: type[Model], objects: list) -> list:
        if self.check:
            for one in objects:
                one.full_clean()
        return model._default_manager.bulk_create(objects)


def _who(row: Row) -> tuple[str, str]:
    return row["centre"], row["candidate_number"]


def empty() -> None:
    """No candidates, entries and results, and no trace that there were any."""
    tables = [model._meta.db_table for model in (Result, Entry, Candidate)]
    with lifted():
        connection.ops.execute_sql_flush(
            connection.ops.sql_flush(no_style(), tables, allow_cascade=True)
        )
