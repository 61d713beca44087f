"""`python -m tests.bench [NAME] [--quick]`: one benchmark, or all of them, each in a process of its own.

Each prints a table; the very last line is one JSON object of the figures. `--quick` takes tiny
sizes and a single round: it shows that a benchmark works, and its figures mean little.
"""

import argparse
import json
import signal
import sys
from contextlib import nullcontext
from importlib import import_module
from subprocess import PIPE
from typing import Any

from tests.bench.environment import environment, one_server
from tests.bench.measure import rounded
from tests.bench.processes import running

NAMES = (
    "letters",
    "results-day",
    "loading",
    "subcentres",
    "attached",
    "entries",
    "exports",
    "exchange",
    "pages",
)
FILES = {"attached": "associates"}  # where it is not called as the benchmark is
LONGEST = 30 * 60  # seconds; whatever hangs ends then


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, a single round")
    parser.add_argument(
        "--board", action="store_true", help="loading: a whole board's files, in some ten minutes"
    )
    parser.add_argument(
        "--pair",
        metavar="COMMIT",
        help="results-day: beside it the site as it was at that commit, behind nginx",
    )
    options = parser.parse_args()
    if options.pair and options.name != "results-day":
        parser.error("only results-day knows --pair")
    if options.board and options.name != "loading":
        parser.error("only loading knows --board")
    # A signal must leave nothing behind: it becomes an exception, and every `finally` runs.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    if options.name:
        signal.alarm(LONGEST)
        sizes = {"quick": options.quick, **({"board": True} if options.board else {})}
        sizes |= {"pair": options.pair} if options.pair else {}
        figures = one(options.name, **sizes)
    else:
        figures = {}
        # Where figures mean little, one server does for all.
        with one_server() if options.quick else nullcontext():
            for name in NAMES:
                figures |= apart(name, quick=options.quick)
    print(json.dumps(figures))


def one(name: str, **sizes: Any) -> dict[str, float]:
    """Run a benchmark here, with a database and a folder of its own."""
    with environment():
        # It names models, so it can only be loaded when Django has its settings.
        benchmark = import_module(f"tests.bench.{FILES.get(name) or name.replace('-', '_')}")
        return {key: rounded(figure) for key, figure in benchmark.run(**sizes).items()}


def apart(name: str, *, quick: bool) -> dict[str, float]:
    """Run a benchmark in a process of its own; show its table, and return its figures."""
    command = [sys.executable, "-m", "tests.bench", name, *(["--quick"] if quick else [])]
    with running(command, stdout=PIPE, text=True) as process:
        last = ""
        for line in process.stdout or ():
            print(last, end="", flush=True)
            last = line
        if process.wait():
            sys.exit(f"bench {name} failed.")
    print()
    return json.loads(last)


if __name__ == "__main__":
    main()
