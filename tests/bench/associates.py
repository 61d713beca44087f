"""*Attached centres at a glance* with 10, 100 and 750 Associate Centres, and letters for all of them.

The page is made as the site makes it in production, without the network between. At half of the
centres everybody has a letter; the ask page counts for all of them who would get one. The three stand
in one database, the largest Associate of any board among them, and are measured in turn.
"""

from collections.abc import Callable
from statistics import median

from centres.models import Centre, Series
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates, make_logins
from tests.bench.environment import analyze, database_name, queries_of
from tests.bench.measure import MILLI, rounds, seconds, table
from tests.bench.subcentres import SIZES, Page


class Glance(Page):
    """The page of one main centre, in the browser of its exams officer."""

    def __init__(self, centres: list[Centre], series: Series, candidates: int) -> None:
        super().__init__(centres[0], series)
        self.address = self.address.replace("/subcentres/", "/attached-centres/")
        self.numbers = [centre.number for centre in centres[1:]]
        self.candidates = candidates

    def open(self) -> None:
        assert self.browser.get(f"{self.address}?show=all").status_code == 200

    def ask(self) -> None:
        asked = {"which": "new", "centre": self.numbers}
        assert self.browser.post(f"{self.address}create/", asked).status_code == 200


def run(*, quick: bool) -> dict[str, float]:
    pages = _pages(each=1 if quick else 147)
    opening: dict[int, list[float]] = {size: [] for size in SIZES}
    asking: dict[int, list[float]] = {size: [] for size in SIZES}
    queries = {size: (_queries(page.open), _queries(page.ask)) for size, page in pages.items()}
    for _ in rounds(quick):
        for size, page in pages.items():
            opening[size].append(seconds(page.open) / MILLI)
            asking[size].append(seconds(page.ask) / MILLI)
    table(
        f"Attached centres, {database_name()}; medians of {len(opening[SIZES[0]])}",
        ["", "open, ms", "queries", "ask, ms", "queries"],
        [
            [
                f"{size} Associate Centres, {pages[size].candidates:,} candidates",
                median(opening[size]),
                queries[size][0],
                median(asking[size]),
                queries[size][1],
            ]
            for size in SIZES
        ],
    )
    figures: dict[str, float] = {}
    for size in SIZES:
        figures[f"attached_ms_{size}"] = median(opening[size])
        figures[f"attached_queries_{size}"] = queries[size][0]
        figures[f"attached_ask_ms_{size}"] = median(asking[size])
        figures[f"attached_ask_queries_{size}"] = queries[size][1]
    return figures


def _pages(*, each: int) -> dict[int, Glance]:
    """A main centre for each size, with so many candidates at every centre."""
    series, pages = make_series(), {}
    syllabuses = make_syllabuses()[:3]
    for index, size in enumerate(SIZES, start=1):
        centres = make_centres(series, first=10_000 * index, associates=size)
        make_candidates(series, centres, syllabuses, each=each)
        make_logins(series, centres[: size // 2])
        pages[size] = Glance(centres, series, each * size)
    analyze()
    return pages


def _queries(act: Callable[[], None]) -> int:
    """How many it takes; whatever is loaded at the first time has been loaded then."""
    act()
    return queries_of(act)
