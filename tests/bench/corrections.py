"""Results day, and the board has fifty results to correct: the file goes in while candidates are served.

The file is loaded by `manage.py load`, as an operator does, beside visits from another process. What
it holds is for the cohort's first candidates, whose syllabuses are known from how it is made.
"""

import csv
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

from django.conf import settings

from demo.cohort.make import FIRST
from demo.people import SUBJECTS
from loading.kinds.results import ResultsFile
from tests.bench.measure import MILLI, percentile, table
from tests.bench.overload import Site
from tests.bench.visitors import visit_all

MANY = 50
GRADES = "G", "UNGRADED"  # which nobody has yet, in turn


def corrections(
    site: Site, url: str, visitors: ProcessPoolExecutor, *, quick: bool
) -> dict[str, float]:
    """Load them into the database at this address, in which this site looks."""
    visits, times = (60, 1) if quick else (1_200, 3)
    took, alone, beside = [], [], []
    for time in range(times):
        _, each = visitors.submit(visit_all, site.port, _some(site, visits // 2)).result()
        alone += each
        going_on = visitors.submit(visit_all, site.port, _some(site, visits))
        took.append(_load(_file(GRADES[time % 2]), url))
        beside += going_on.result()[1]
    table(
        f"Corrections: {MANY} rows while candidates are served; medians of {times}",
        ["", "seconds", "a visit, ms", "99 % within ms"],
        [
            ["nothing loaded", "", *_spread(alone)],
            ["corrections loaded", median(took), *_spread(beside)],
        ],
    )
    return {
        "corrections_seconds": median(took),
        "corrections_visits_p99_ms": percentile(beside, 99) / MILLI,
    }


def _some(site: Site, many: int) -> list:
    return list(islice(site.logins, many))


def _spread(each: list[float]) -> list[float]:
    return [percentile(each, percent) / MILLI for percent in (50, 99)]


def _file(grade: str) -> Path:
    path = Path(settings.DATA_DIR) / "corrections.csv"
    codes = list(SUBJECTS)
    with path.open("w", newline="") as file:
        write = csv.writer(file).writerow
        write(ResultsFile.columns)
        for number in range(1, MANY + 1):
            code = codes[number % len(codes)]
            write(["June 2026", FIRST, f"{number:04}", code, grade, ""])
    return path


def _load(path: Path, url: str) -> float:
    start = perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "load", "results", str(path), "--reason", "Rehearsed"],
        env=os.environ | {"DATABASE_URL": url},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return perf_counter() - start
