"""Results day: complete visits of the candidate site, against the same site as Django has it.

Both run as in production, on two gunicorn workers and one database, and are visited in turn from
another process. The other one (`bench.default_site`) differs in one thing: candidates are users,
with Django's default password hasher and sessions in the database. Every visit is a candidate's
first, so that ours writes what it ever writes. The default site's users share one password, as
hashing thousands would take an hour; checking it costs the same.
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from statistics import median
from subprocess import Popen

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from bench.cohort import make_candidates, make_centres, make_logins, make_series, make_syllabuses
from bench.measure import MILLI, percentile, ratio, rounds, table
from bench.processes import running
from bench.surroundings import database_name, settle
from bench.visitors import AT_ONCE, Login, visit_all
from centres.models import Candidate, User

WORKERS = 2
PASSWORD = "made up, and the same for all"


def run(*, quick: bool) -> dict[str, float]:
    associates, each = (1, 20) if quick else (29, 100)
    visits, default_visits = (24, 2) if quick else (400, 20)
    ours, default = map(iter, _cohort(associates, each))
    our_rates, default_rates, our_times, default_times = [], [], [], []
    with (
        site("portal.settings") as our_port,
        site("bench.default_site.settings") as default_port,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as visitors,
    ):

        def visited(port: int, logins: Iterator[Login], many: int) -> tuple[float, list[float]]:
            took, each = visitors.submit(visit_all, port, list(islice(logins, many))).result()
            return many / took, each

        visited(our_port, ours, visits // 8)  # every worker has loaded what it needs
        visited(default_port, default, default_visits // 2)
        for _ in rounds(quick):
            rate, each_took = visited(default_port, default, default_visits)
            default_rates.append(rate)
            default_times += each_took
            rate, each_took = visited(our_port, ours, visits)
            our_rates.append(rate)
            our_times += each_took
    times = ratio(our_rates, default_rates)
    p99, default_p99 = (percentile(each, 99) / MILLI for each in (our_times, default_times))
    table(
        f"Results day: complete visits, {AT_ONCE} at once, {WORKERS} workers, {database_name()}; "
        f"medians of {len(our_rates)}",
        ["", "visits a second", "times default", "99 % of visits within ms"],
        [
            ["Django's default hasher, sessions", median(default_rates), 1.0, default_p99],
            ["ours", median(our_rates), times, p99],
        ],
    )
    return {
        "visits_per_second": median(our_rates),
        "visits_times_default": times,
        "visits_p99_ms": p99,
        "visits_default_per_second": median(default_rates),
    }


def _cohort(associates: int, each: int) -> tuple[list[Login], list[Login]]:
    """The logins of the same candidates on our site and on the default one."""
    series = make_series()
    centres = make_centres(series, first=10_000, associates=associates)
    make_candidates(series, centres, make_syllabuses(), each=each)
    ours = make_logins(series, centres)
    hasher = PBKDF2PasswordHasher()
    password = hasher.encode(PASSWORD, hasher.salt())
    users = User.objects.bulk_create(
        (
            User(username=str(candidate.pk), password=password)
            for candidate in Candidate.objects.all()
        ),
        batch_size=1_000,
    )
    settle()
    return ours, [(user.username, PASSWORD) for user in users]


@contextmanager
def site(settings: str) -> Iterator[int]:
    """A site with these settings, on a port of this machine alone, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, descriptor = listening.getsockname()[1], listening.fileno()
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application"]
        command += ["--bind", f"fd://{descriptor}", "--workers", str(WORKERS)]
        command += ["--no-control-socket", "--log-level", "warning"]
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings}
        with running(command, pass_fds=[descriptor], env=environment) as process:
            _wait_for(process, port)
            yield port


def _wait_for(process: Popen, port: int) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(100):
        if process.poll() is not None:
            break
        try:
            opener.open(f"http://127.0.0.1:{port}/health/", timeout=30).read()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError("the site did not start")
