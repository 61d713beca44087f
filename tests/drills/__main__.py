"""`python -m tests.drills NAME`: do on purpose what goes wrong by itself, again and again.

`letters`: the worker that makes letters is killed. `database`: PostgreSQL is stopped in the middle of
letters, and started again. `release`: pages of candidates around the release, whatever is agreed, held
or changed meanwhile. `oracle`: the time that a login takes to be refused, whatever is wrong with it.
`upgrades`: rolling deploys from the release before to this one and back, while candidates come.
`guessing`: one login is guessed at from everywhere while its owner, and a whole school, sign in.
`deploy`: the site on seven machines, whose parts are killed, restarted and cut off. `install`: what docs/operations.md
says of one machine, on a new Debian. `image`: the image is built and started.
`secrets`: none of thousands of known ones is in a log, a figure, a report, the queue or a temporary file.
`restore`: a site under load is restored to random points, and each is compared with what was acknowledged.
`sealed`: nobody but two keyholders reads a sealed result, whatever else they have; and openings whose worker is killed.
`alerts`: each part of a site that Prometheus watches is broken, and its alert must come.
What happens is printed as it goes; the very last line is one JSON object.
The exit status is 1 when anything was found that must never be. The same seed draws the same moments.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

from tests.bench.environment import environment
from tests.pgbackrest import archived
from tests.postgres import TALKATIVE, server

TIMES = {
    "letters": 100,
    "database": 3,
    "release": 100_000,
    "oracle": 100_000,
    "guessing": 100_000,
    "secrets": 10_000,
    "deploy": 1,
    "install": 1,
    "image": 1,
    "restore": 20,
    "alerts": 38,
    "sealed": 50,
    "upgrades": 20,
}
# Which make machines of their own, and need nothing of the site here.
ON_MACHINES = ("deploy", "install", "image")
OWN_SERVER = ("alerts", "database", "sealed", "secrets")
LONGEST = 3 * 60 * 60  # seconds; whatever hangs ends then


@contextmanager
def small_disk() -> Iterator[None]:
    """Temporary folders lie on a disk of their own, which can be filled. It takes root to mount one."""
    with tempfile.TemporaryDirectory(prefix="disk-", dir="/tmp") as folder:
        options = ["-t", "tmpfs", "-o", "size=400M,mode=1777", "tmpfs", folder]
        subprocess.run(["mount", *options], check=True)
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before
            subprocess.run(["umount", "--lazy", folder], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("name", choices=TIMES)
    parser.add_argument("--times", type=int, help="how often: kills, stops, pages, tries")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, not on PostgreSQL")
    parser.add_argument("--board", action="store_true", help="restore: 10^6 candidates, timed")
    parser.add_argument("--short", action="store_true", help="deploy: a part of it, in a minute")
    parser.add_argument("--minutes", type=float, default=2, help="alerts: how long nothing is made")
    parser.add_argument("--candidates", type=int, help="sealed: how many; 700,000 unless told")
    options = parser.parse_args()
    # A signal must leave nothing behind: it becomes an exception, and every `finally` runs.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    signal.alarm(int(LONGEST + 60 * options.minutes))
    times = options.times or (10**6 if options.board else TIMES[options.name])
    with ExitStack() as stack:
        own = {}
        if options.name in OWN_SERVER:
            talks = TALKATIVE if options.name == "sealed" else {}
            own["server"] = stack.enter_context(server(talks))
            os.environ["DATABASE_URL"] = own["server"].url
        if options.name == "restore":
            own["archived"] = stack.enter_context(archived())
            os.environ["DATABASE_URL"] = own["archived"].first.url
        if options.name == "alerts":
            own["minutes"] = options.minutes
            stack.enter_context(small_disk())
        if options.name not in ON_MACHINES:
            stack.enter_context(environment(server=not options.sqlite))
        # It names models, so it can only be loaded when Django has its settings.
        drill = import_module(f"tests.drills.{options.name}{'_board' if options.board else ''}")
        if options.candidates:
            own["candidates"] = options.candidates
        if options.short:
            own["rounds"] = drill.SHORT
        figures = drill.run(times=times, seed=options.seed, **own)
    print(json.dumps(figures))
    sys.exit(1 if figures["violations"] else 0)


if __name__ == "__main__":
    main()
