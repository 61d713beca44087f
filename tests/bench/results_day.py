"""Results day: complete visits of the candidate site, beside what they could cost.

Each site runs as in production, on two gunicorn workers, and all are visited in turn from another
process on the same machine:

- Django's default (`tests.bench.default_site`): the same site, but candidates are users, with Django's
  default password hasher and sessions in the database. Its users share one password, as hashing
  thousands would take an hour; checking it costs the same.
- bare (`tests.bench.bare_site`): the same two queries over psycopg2 in a WSGI function, and nothing else.
- ours, with the cohort that these have, and with that of a whole board in a database of its own.
- ours with the whole board behind HAProxy, as deploy/haproxy sets it up (`tests.front`); and beside it, where a
  commit is named, the site as it was then behind nginx (`tests.bench.pair`).

Every visit is a candidate's first, so that ours writes what it ever writes, and every results page
must be that of the candidate who logged in. The CPU of a visit is that of gunicorn's processes and of the
proxy's; the database's stands beside it, where it runs on this machine.

Afterwards, with the whole board: corrections are loaded meanwhile (`tests.bench.corrections`), candidates come five
times as fast as they can be served (`tests.bench.overload`), and so do forgers (`tests.bench.forgers`).
"""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from subprocess import Popen

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.models import User
from centres.models import Candidate
from demo.cohort.make import FIRST, share
from demo.people import Person, people_at
from tests.bench.corrections import corrections
from tests.bench.environment import analyze, another_database, database_name, database_process
from tests.bench.forgers import forgers
from tests.bench.measure import MILLI, percentile, ratio, rounds, table
from tests.bench.overload import overload
from tests.bench.pair import as_it_was
from tests.bench.processes import cpu_seconds
from tests.bench.serving import WORKERS, serving
from tests.bench.visitors import AT_ONCE, Login, visit_all
from tests.front import HAPROXY, front, write_pages

PASSWORD = "made up, and the same for all"
SMALL = 53, 7_000  # centres and candidates
BOARD = 5_300, 700_000
QUICK, QUICK_BOARD = (2, 200), (20, 5_000)


@dataclass
class Site:
    """One of the sites, whom it is visited by, and what that took, round by round."""

    name: str
    port: int
    process: Popen
    logins: Iterator[Login]
    many: int
    proxy: Popen | None = None
    rates: list[float] = field(default_factory=list)
    cpu_each: list[float] = field(default_factory=list)  # seconds a visit
    database_cpu: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def visited(self, visitors: ProcessPoolExecutor, many: int) -> None:
        logins = list(islice(self.logins, many))
        before, database = self.cpu(), _database_cpu()
        seconds, each = visitors.submit(visit_all, self.port, logins).result()
        self.cpu_each.append((self.cpu() - before) / many)
        self.database_cpu.append((_database_cpu() - database) / many)
        self.rates.append(many / seconds)
        self.took += each

    def cpu(self) -> float:
        pids = [one.pid for one in (self.process, self.proxy) if one]
        return sum(map(cpu_seconds, pids))

    def forget(self) -> None:
        self.rates, self.cpu_each, self.database_cpu, self.took = [], [], [], []

    def row(self, default: "Site") -> list[str | float]:
        cpu, database = (median(each) / MILLI for each in (self.cpu_each, self.database_cpu))
        spread = [percentile(self.took, percent) / MILLI for percent in (50, 99)]
        times = ratio(self.rates, default.rates)
        return [self.name, median(self.rates), times, cpu, database, *spread]


def run(*, quick: bool, pair: str = "") -> dict[str, float]:
    many, few = (24, 2) if quick else (600, 12)
    small, board = (QUICK, QUICK_BOARD) if quick else (SMALL, BOARD)
    with ExitStack() as stack:
        logins = _cohort(os.environ.get("DATABASE_URL", ""), small)
        users = _users()
        large_url = stack.enter_context(another_database("board"))
        large_logins = _cohort(large_url, board)
        # It leaves no trace, so that each is still a first visit; and no name is on its page.
        bare_logins = iter([Login(*one[:2]) for one in reversed(logins)])

        def site(name: str, logins: Iterator[Login], many: int, **options: str) -> Site:
            port, process = stack.enter_context(serving(**options))
            return Site(name, port, process, logins, many)

        default_settings = "tests.bench.default_site.settings"
        default = site("Django's default", users, few, DJANGO_SETTINGS_MODULE=default_settings)
        bare = site("bare", bare_logins, many, application="tests.bench.bare_site:application")
        ours = site("ours", iter(logins), many)
        of_all = iter(large_logins)
        large = site("ours, a whole board", of_all, many, DATABASE_URL=large_url)
        sites = [default, bare, ours, large]
        if Path(HAPROXY).exists():
            web = site("", of_all, many, DATABASE_URL=large_url, TRUSTED_PROXIES="1")
            pages = Path(settings.DATA_DIR) / "front"
            write_pages(pages)
            shares = {"NEWCOMERS": str(WORKERS // 2), "INSIDE": str(WORKERS * 3 // 2)}
            proxy = stack.enter_context(front(pages, web=web.port, **shares))
            crowded = [replace(web, name="behind HAProxy", port=proxy.port, proxy=proxy.process)]
        else:
            crowded = []
        if pair:
            port, process, nginx = stack.enter_context(as_it_was(pair, DATABASE_URL=large_url))
            crowded += [Site(f"{pair} behind nginx", port, process, of_all, many, nginx)]
        sites += crowded
        visitors = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
        for one in sites:  # every worker has loaded what it needs
            one.visited(visitors, max(2, one.many // 8))
            one.forget()
        for _ in rounds(quick):
            for one in sites:
                one.visited(visitors, one.many)
        table(
            f"Results day: complete visits, {AT_ONCE} at once, {WORKERS} workers a site, "
            f"{database_name()}; medians of {len(ours.rates)}",
            [
                "",
                "visits a second",
                "times default",
                "CPU ms",
                "database's",
                "ms",
                "99 % within ms",
            ],
            [one.row(default) for one in sites],
        )
        corrected = corrections(large, large_url, visitors, quick=quick)
        flooded = _flooded(crowded, visitors, quick=quick)
    return (
        corrected
        | flooded
        | {
            "visits_per_second": median(ours.rates),
            "visits_times_default": ratio(ours.rates, default.rates),
            "visits_cpu_times_bare": ratio(ours.cpu_each, bare.cpu_each),
            "visits_cost_board_times_small": ratio(ours.rates, large.rates),
            "visits_p99_ms": percentile(ours.took, 99) / MILLI,
            "visits_default_per_second": median(default.rates),
            "visits_bare_per_second": median(bare.rates),
        }
    )


def _flooded(sites: list[Site], visitors: ProcessPoolExecutor, *, quick: bool) -> dict[str, float]:
    """What is measured behind HAProxy, and where there is a pair, how it stands to that."""
    if not sites or sites[0].name != "behind HAProxy":
        return {}
    ours, *pair = overload(sites, visitors, quick=quick)
    figures = {
        "visits_behind_front_per_second": median(sites[0].rates),
        "visits_overload_share": ratio(ours.served, ours.peaks),
        "visits_waiting_page_ms": median(ours.waits) / MILLI,
        "visits_waiting_page_p99_ms": percentile(ours.waits, 99) / MILLI,
        "visits_waiting_cost_share": median(ours.looks),
        **forgers(sites[0], visitors, quick=quick),
    }
    if pair:
        figures["visits_overload_times_pair"] = ratio(ours.served, pair[0].served)
        figures["visits_times_pair"] = ratio(sites[0].rates, sites[1].rates)
    return figures


def _cohort(url: str, size: tuple[int, int]) -> list[Login]:
    """Make this cohort there; the logins of all its candidates, those of a centre apart."""
    centres, candidates = size
    file = Path(settings.DATA_DIR) / "logins.csv"
    command = [sys.executable, "manage.py", "make_cohort"]
    command += ["--centres", str(centres), "--candidates", str(candidates)]
    environment = os.environ | {"DEMO": "true"} | ({"DATABASE_URL": url} if url else {})
    subprocess.run(
        [*command, "--logins", str(file)], env=environment, check=True, stdout=sys.stderr
    )
    with file.open(newline="") as lines:
        logins = [
            Login(row["username"], row["password"], (one.centre, one.number, one.name))
            for row, one in zip(csv.DictReader(lines), _people(*size), strict=True)
        ]
    file.unlink()
    step = max(1, len(logins) // 7_000)
    return [login for start in range(step) for login in logins[start::step]]


def _people(centres: int, candidates: int) -> Iterator[Person]:
    """Those whom `make_cohort` makes: the same sizes give the same people."""
    numbers = range(FIRST, FIRST + centres)
    return people_at((str(one), share(candidates, centres, one - FIRST)) for one in numbers)


def _users() -> Iterator[Login]:
    """The same candidates as the default site knows them."""
    hasher = PBKDF2PasswordHasher()
    password = hasher.encode(PASSWORD, hasher.salt())
    users = User.objects.bulk_create(
        (
            User(username=str(candidate.pk), password=password)
            for candidate in Candidate.objects.all()[:200]
        ),
        batch_size=1_000,
    )
    analyze()
    return iter([Login(user.username, PASSWORD) for user in users])


def _database_cpu() -> float:
    process = database_process()
    return cpu_seconds(process) if process else 0.0
