"""`python -m tests.drills letters`: kill the worker that makes letters, again and again.

What happens is printed as it goes; the very last line is one JSON object. The exit status is 1 when
anything was found that must never be. The same seed draws the same moments.
"""

import argparse
import json
import random
import signal
import sys
from importlib import import_module

from bench.surroundings import surroundings

NAMES = ("letters",)
LONGEST = 60 * 60  # seconds; whatever hangs ends then


def main() -> None:
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, not on PostgreSQL")
    options = parser.parse_args()
    # A signal must leave nothing behind: it becomes an exception, and every `finally` runs.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    signal.alarm(LONGEST)
    with surroundings(server=not options.sqlite):
        # It names models, so it can only be loaded when Django has its settings.
        drill = import_module(f"tests.drills.{options.name}")
        figures = drill.run(kills=options.kills, seed=options.seed)
    print(json.dumps(figures))
    sys.exit(1 if figures["violations"] else 0)


if __name__ == "__main__":
    main()
