"""The drill for alerts: each fault of `faults` is made, and its alert must come within a minute; while nothing is made,
none may.

Each must be a new one: an alert that still fires from before would prove nothing.
"""

import datetime as dt
import random
import time

from django.utils import timezone

from tests.builders import (
    A_LEVEL,
    IGCSE,
    arrange,
    make_candidate,
    make_centre,
    make_login,
    make_officer,
    make_series,
)
from tests.drills.faults import FAULTS
from tests.drills.watched_site import Visitors, WatchedSite, until, watched_site
from tests.postgres import Server

WITHIN = 60  # seconds
PATIENCE = 400  # seconds until an alert is over: the longest looks back for five minutes
CANDIDATES = 60


def make_board() -> list[tuple[str, str]]:
    """A board ten days before its release: the logins of a school's candidates, one of whose results is missing."""
    now = timezone.now()
    releases = {name: now + dt.timedelta(days=10) for name in (IGCSE, A_LEVEL)}
    series = make_series(credentials_from=now.date() - dt.timedelta(days=30), releases=releases)
    school, _ = make_centre("MAIN1"), make_centre("OTH01")
    make_officer("officer", school)
    arrange(school, series)
    logins = []
    for number in range(CANDIDATES):
        grades = {"0580": "A", "9702": None if number == 0 else "B"}
        candidate = make_candidate(school, series, f"{number:04}", grades=grades)
        logins.append(make_login(candidate)[:2])
    return logins


def run(*, times: int, seed: int, server: Server, minutes: float) -> dict:
    """So many of the faults, in an order of the seed, that of the database last; before that so long a quiet."""
    violations: list[str] = []
    came: dict[str, float] = {}
    logins = make_board()
    with watched_site(server) as site:
        site.wait()
        visitors = Visitors(site, logins)
        visitors.start()
        time.sleep(20)  # until each figure has a past
        print(f"{minutes:g} minutes in which nothing is made; seed {seed}", flush=True)
        violations += quiet(site, minutes)
        *most, last = FAULTS
        random.Random(seed).shuffle(most)
        for sentence, alert, fault in [*most, last][:times]:
            until(lambda alert=alert: alert not in site.firing(), f"{alert} is not over", PATIENCE)
            with fault(site):
                begun = time.monotonic()
                while alert not in (firing := site.firing()) and time.monotonic() - begun < WITHIN:
                    time.sleep(0.5)
                took = time.monotonic() - begun
            if alert in firing:
                came[sentence] = round(took, 1)
            else:
                violations.append(f"{sentence}: {alert} did not come within {WITHIN} s")
            others = ", ".join(sorted(firing - {alert})) or "none"
            print(f"{alert:24} {took:5.1f} s  {sentence}; beside it: {others}", flush=True)
        visitors.ended.set()
    print(f"{times} faults: {len(came)} alerts within {WITHIN} s, {len(violations)} otherwise")
    return {
        "faults": times,
        "alerts": len(came),
        "longest_seconds": max(came.values(), default=0.0),
        "quiet_minutes": minutes,
        "violations": violations,
    }


def quiet(site: WatchedSite, minutes: float) -> list[str]:
    """Which alerts came although nothing was made."""
    came: set[str] = set()
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        came |= site.firing()
        time.sleep(1)
    return [f"{alert} came although nothing was made" for alert in sorted(came)]
