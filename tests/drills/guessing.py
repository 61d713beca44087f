"""The drill for guessing: whoever guesses at a login shuts nobody out, and a school that types badly
is not taken for one who guesses.

The site runs as in production, behind a proxy. One username is tried with wrong passwords from a
thousand addresses, as fast as the site answers, while its owner logs in every few seconds; then a whole
school comes, all of it behind one address. The same is done, in small, to a naive site that locks: if
the drill does not see that, it is blind.
"""

import time
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates, make_logins
from tests.bench.environment import analyze, database_name
from tests.bench.serving import serving
from tests.drills.strangers import ADDRESSES, AT_ONCE, Login, Refused, enter, guess_all, school

SCHOOL = 2_000  # candidates behind one address, where there are 100,000 guesses
FEWEST, WARM = 40, 20
ERRORS = 0.05  # of the tries are mistyped
EVERY = 2.0  # seconds until the owner logs in again
WITHIN = 1.0  # seconds
HOME = "192.0.2.1"  # of the owner
NAIVE = "tests.drills.locking:application"


class Drill:
    """One run of it, at one site."""

    def __init__(self, port: int, visitors: ProcessPoolExecutor, seed: int) -> None:
        self.port, self.visitors, self.seed = port, visitors, seed
        self.violations: list[str] = []
        self.took: list[float] = []

    def warm_up(self, logins: list[Login]) -> None:
        """Every worker has loaded what it needs."""
        for login in logins[:WARM]:
            enter(self.port, login, HOME)

    def guess(self, owner: Login, times: int) -> None:
        began = time.perf_counter()
        guessing = self.visitors.submit(guess_all, self.port, owner[0], times)
        self._owner_comes(owner, while_it_lasts=guessing)
        answers, seconds = guessing.result(), time.perf_counter() - began
        if any(status >= 500 for status in answers):
            self.violations.append(f"Guesses were answered with {dict(answers)}.")
        print(
            f"{times:,} guesses from {ADDRESSES:,} addresses, {AT_ONCE} at once, in {seconds:.0f} s, "
            f"answered {dict(answers)}; the owner came in {len(self.took)} times, "
            f"at most {self.longest:.3f} s",
            flush=True,
        )

    @property
    def longest(self) -> float:
        return max(self.took, default=0)

    def _owner_comes(self, owner: Login, *, while_it_lasts: Future) -> None:
        """Every few seconds, and once more when all has been tried."""
        last = False
        while not last:
            last = while_it_lasts.done()
            try:
                self.took.append(enter(self.port, owner, HOME))
            except Refused as refused:
                self.violations.append(f"The owner was refused: {refused}.")
            else:
                if self.took[-1] >= WITHIN:
                    self.violations.append(f"The owner waited {self.took[-1]:.2f} s.")
            if not last:
                time.sleep(EVERY)

    def school(self, logins: list[Login], errors: float) -> int:
        mistyped, shut_out = self.visitors.submit(
            school, self.port, logins, errors, self.seed
        ).result()
        print(
            f"{len(logins):,} candidates behind one address, {mistyped} tries mistyped: "
            f"{len(shut_out)} did not get in",
            flush=True,
        )
        if shut_out:
            self.violations.append(f"{len(shut_out)} of the school did not get in: {shut_out[0]}.")
        return mistyped


def run(*, times: int, seed: int) -> dict:
    """So many guesses, and a school; what was found."""
    print(f"{database_name()}, seed {seed}")
    owner, *logins = _cohort(max(FEWEST, min(SCHOOL, times // 50)))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as visitors:
        with serving(TRUSTED_PROXIES="1") as (port, _):
            drill = Drill(port, visitors, seed)
            drill.warm_up(logins)
            drill.guess(owner, times)
            mistyped = drill.school(logins, ERRORS)
        print("A naive site:", flush=True)
        with serving(NAIVE, TRUSTED_PROXIES="1") as (port, _):
            naive = Drill(port, visitors, seed)
            naive.guess(owner, FEWEST)
            naive.school(logins[:FEWEST], errors=0.3)
    seen = " ".join(naive.violations)
    if "The owner was refused" not in seen or "of the school" not in seen:
        drill.violations.append(f"The drill is blind: on a naive site it sees {naive.violations}.")
    return {
        "guesses": times,
        "seed": seed,
        "owner_came": len(drill.took),
        "owner_longest_seconds": round(drill.longest, 3),
        "school": len(logins),
        "school_mistyped": mistyped,
        "violations": drill.violations,
    }


def _cohort(school: int) -> list[Login]:
    series = make_series()
    centres = make_centres(series, first=10001, associates=0)
    make_candidates(series, centres, make_syllabuses()[:2], each=school + 1)
    logins = make_logins(series, centres)
    analyze()
    return logins
