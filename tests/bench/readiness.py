"""Readiness and badges of a main centre with 750 Associate Centres and 110,000 candidates: what *Administer exams* and
each page of the series ask for once they are open, and *Overview*.

Measured are whole requests, without the network between: with the counts kept, as they are until something changes, and
with nothing kept, as after a load. Half of the centres have letters.
"""

from collections.abc import Callable
from statistics import median

from django.core.cache import cache

from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates, make_logins, officer_at
from tests.bench.environment import analyze, database_name, queries_of
from tests.bench.measure import MILLI, rounds, seconds, table

MOST, BEFORE = 250, 1_650  # ms; what readiness took when all was counted for each page
ASSOCIATES, EACH = 750, 147


def readiness_of_750(*, quick: bool) -> dict[str, float]:
    series = make_series()
    centres = make_centres(series, first=80_000, associates=ASSOCIATES)
    make_candidates(series, centres, make_syllabuses()[:3], each=1 if quick else EACH)
    make_logins(series, centres[: ASSOCIATES // 2])
    analyze()
    browser = officer_at(centres[0])
    address = f"/candidate-results/{series.slug}/{centres[0].number}/overview/"

    def asks(part: str) -> Callable[[], None]:
        def ask() -> None:
            assert browser.get(address + part).status_code == 200

        return ask

    parts = {"readiness": asks("readiness/"), "badges": asks("badges/"), "overview": asks("")}
    figures: dict[str, float] = {}
    for name, ask in parts.items():
        cold, kept = [], []
        for _ in rounds(quick):
            cache.clear()
            cold.append(seconds(ask) / MILLI)
            kept.append(seconds(ask) / MILLI)
        figures[f"{name}_750_ms"] = median(kept)
        figures[f"{name}_750_nothing_kept_ms"] = median(cold)
        figures[f"{name}_750_queries"] = queries_of(ask)
    table(
        f"{ASSOCIATES} Associate Centres, {ASSOCIATES * EACH:,} candidates, {database_name()}",
        ["", "kept, ms", "at most", "nothing kept, ms", "before", "queries"],
        [
            [
                name,
                figures[f"{name}_750_ms"],
                MOST,
                figures[f"{name}_750_nothing_kept_ms"],
                BEFORE,
                figures[f"{name}_750_queries"],
            ]
            for name in parts
        ],
    )
    return figures
