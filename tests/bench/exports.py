"""Downloaded results of the largest Associate and of one a tenth its size: time and memory.

Workbooks are made by the worker, as they are in production, and the CSV by a process of its own, each
the first thing that its process does: the most memory that it ever had is what the file costs.
"""

import json
import sys
from subprocess import PIPE
from time import sleep

from django.db import connection

from accounts.models import User
from centres.models import Centre, Membership, Role, Series
from demo.cohort import make
from demo.cohort.make import Size
from results.exports.selection import Selection
from results.exports.tasks import ask
from results.models import Export, What
from tests.bench.environment import analyze, database_name
from tests.bench.measure import MILLI, table
from tests.bench.processes import peak_mb, running

TENTH = Size(centres=76, candidates=11_000, results=37_000, associates=75)
WHOLE = Size(centres=751, candidates=110_000, results=370_000, associates=750)
TINY = Size(centres=3, candidates=30, results=90, associates=2)
SMALL = Size(centres=5, candidates=300, results=900, associates=4)
WORK = ["manage.py", "db_worker", "--batch", "--interval", "0", "--no-startup-delay", "-v", "0"]
LOOK = 0.1  # seconds


def run(*, quick: bool) -> dict[str, float]:
    sizes = (TINY, SMALL) if quick else (TENTH, WHOLE)
    asking = [_associate(size) for size in sizes]
    analyze()
    rows, figures = [], {}
    for name, act in (
        ("broadsheet, xlsx", lambda selection: _workbook(selection, What.BROADSHEET)),
        ("listing, xlsx", lambda selection: _workbook(selection, What.LISTING)),
        ("listing, csv", _csv),
    ):
        key = "exports_" + name.replace(", ", "_")
        (less, less_mb, _), (took, most, first) = map(act, asking)
        times = sizes[1].results / sizes[0].results
        rows.append([name, less, less_mb, took, most, took / times / less, first / MILLI])
        figures |= {
            f"{key}_seconds": took,
            f"{key}_peak_mb": most,
            f"{key}_cost_large_times_small": took / times / less,
            f"{key}_memory_large_times_small": most / less_mb,
        }
    figures["exports_csv_first_bytes_ms"] = rows[-1][-1]
    heads = ["", *(f"{size.results:,} results: s" for size in sizes)]
    table(
        f"Files to download ({database_name()})",
        ["", heads[1], "MB", heads[2], "MB", "a result, times", "first bytes, ms"],
        rows,
    )
    return figures


def _associate(size: Size) -> Selection:
    """Somebody of the main centre of a made-up Associate of this size, who wants it all."""
    there = set(Centre.objects.values_list("pk", flat=True))
    make.make(size, by="bench")
    main = Centre.objects.exclude(pk__in=there).get(main_link=None)
    user = User.objects.create_user(f"viewer.{main.number}", name="Made-up Viewer")
    Membership.objects.create(user=user, centre=main, role=Role.VIEWER)
    return Selection(user, main, Series.objects.get(), together=True)


def _workbook(selection: Selection, what: str) -> tuple[float, float, float]:
    """Seconds, the worker's most memory in MB, and nothing of first bytes."""
    export = ask(selection=selection, what=what, format="xlsx", pum=True)
    most, _ = _apart(WORK)
    made = Export.objects.get(pk=export.pk)
    if not (made.is_ready and made.finished_at and made.made_at):
        raise RuntimeError(f"The workbook was not made: {made.error}")
    return (made.finished_at - made.made_at).total_seconds(), most, 0


def _csv(selection: Selection) -> tuple[float, float, float]:
    most, said = _apart(["-m", "tests.bench.streaming", selection.centre.number])
    first, last = json.loads(said)
    return last, most, first


def _apart(arguments: list[str]) -> tuple[float, str]:
    """The most memory that this process of Python ever had, in MB, and what it said."""
    connection.close()
    most = 0.0
    with running([sys.executable, *arguments], stdout=PIPE, text=True) as process:
        while process.poll() is None:
            most = max(most, peak_mb(process.pid))
            sleep(LOOK)
        if process.returncode:
            raise RuntimeError(f"{arguments} failed")
        return most, process.stdout.read() if process.stdout else ""
