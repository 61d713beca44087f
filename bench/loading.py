"""Loading: ours against `bulk_create` of row objects, checked and unchecked.

Each reads the same entries.csv and results.csv into empty tables, in batches of a thousand. Ours is
what `manage.py load` does: every cell judged, rows compared with what is there and with each other,
all or nothing. Checked: each row becomes an object, `full_clean` judges it, `bulk_create` writes it;
a round takes the first tenth, as each row costs the same. Unchecked leaves `full_clean` out:
it takes any nonsense, and is only here to show what judging costs. Both keep the keys of everything
in memory, which spares them queries, and neither can load a file twice.
"""

import csv
from itertools import islice
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from bench.cohort import (
    GRADES,
    SUBJECTS,
    Person,
    make_centres,
    make_series,
    make_syllabuses,
    people,
)
from bench.measure import ratio, rounds, seconds, table
from bench.surroundings import database_name
from centres.loading.entries import EntriesFile
from centres.loading.kind import BATCH, Kind, batches, load
from centres.loading.reading import csv_rows
from centres.loading.report import Report
from centres.models import Candidate, Centre, Entry, Series, Syllabus
from results.loading import ResultsFile
from results.models import Result

SAMPLE = 10  # the checked way loads a tenth

Row = dict[str, str]


def run(*, quick: bool) -> dict[str, float]:
    each = 10 if quick else 200
    series = make_series()
    make_syllabuses()
    numbers = [one.number for one in make_centres(series, first=20_000, associates=9)]
    files = write_files(settings.DATA_DIR, list(people(numbers, each)))
    rows = 2 * len(numbers) * each * len(SUBJECTS)
    first, again, checked, unchecked = [], [], [], []
    for _ in rounds(quick):
        empty()
        checked.append(
            rows / SAMPLE / seconds(lambda: ByObjects(check=True).load(files, rows // SAMPLE))
        )
        empty()
        unchecked.append(rows / seconds(lambda: ByObjects(check=False).load(files, rows)))
        empty()
        first.append(rows / seconds(lambda: ours(files)))
        again.append(rows / seconds(lambda: ours(files)))
    times = ratio(first, checked)
    times_unchecked = ratio(first, unchecked)
    times_first = ratio(again, first)
    table(
        f"Loading: {rows:,} rows of entries and results, {database_name()}; "
        f"medians of {len(first)}",
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
    }


def write_files(folder: Path, candidates: list[Person]) -> tuple[Path, Path]:
    """entries.csv and results.csv, as the board delivers them."""
    entries, results = folder / "entries.csv", folder / "results.csv"
    with (
        entries.open("w", newline="") as entries_file,
        results.open("w", newline="") as results_file,
    ):
        write_entry, write_result = (
            csv.writer(file).writerow for file in (entries_file, results_file)
        )
        write_entry(EntriesFile.columns)
        write_result(ResultsFile.columns)
        for at, one in enumerate(candidates):
            who = ["June 2026", one.centre, one.number]
            for place, code in enumerate(SUBJECTS):
                write_entry([*who, one.name, one.born, one.uci, code, "AX", "valid"])
                write_result([*who, code, GRADES[(at + place) % len(GRADES)], (at + place) % 101])
    return entries, results


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
    connection.ops.execute_sql_flush(
        connection.ops.sql_flush(no_style(), tables, allow_cascade=True)
    )
