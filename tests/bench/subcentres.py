"""Subcentre Management with 10, 100 and 750 Associate Centres: time and queries to open and to save.

The page is made as the site makes it in production, its officer's second factor set up, without the
network between. Saving changes the delay of every row, the most that can happen. The candidates of
every centre hold live logins, so that a save has somebody to look after. The three stand in one
database and are measured in turn.
"""

from statistics import median

from centres.models import Centre, Series
from centres.subcentres import management_of
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates, make_logins, officer_at
from tests.bench.environment import analyze, database_name, queries_of
from tests.bench.measure import MILLI, rounds, seconds, table

SIZES = (10, 100, 750)


class Page:
    """Subcentre Management of one main centre, in the browser of its exams officer."""

    def __init__(self, main: Centre, series: Series) -> None:
        self.main, self.series = main, series
        self.address = f"/candidate-results/{series.slug}/{main.number}/subcentres/"
        self.browser = officer_at(main)

    def open(self) -> None:
        assert self.browser.get(self.address).status_code == 200

    def fill_in(self) -> None:
        """Another delay for every row than it has; the rest as it is."""
        today = management_of(self.main, self.series)
        delay = f"{today.version % 2 + 1}:30"
        self.typed = {
            "version": today.version,
            "defaults-delay": "0:00",
            "defaults-contact_choice": "default",
            "contact_name": today.contact.name,
            "contact_telephone": today.contact.telephone,
            "contact_email": today.contact.email,
        }
        for number in today.rows:
            self.typed |= {
                f"{number}-delay": delay,
                f"{number}-give_access": "on",
                f"{number}-contact_choice": "default",
            }

    def save(self) -> None:
        assert self.browser.post(self.address, self.typed).status_code == 302


def run(*, quick: bool) -> dict[str, float]:
    pages = _pages(each=1 if quick else 20)
    opening: dict[int, list[float]] = {size: [] for size in SIZES}
    saving: dict[int, list[float]] = {size: [] for size in SIZES}
    queries = {size: _queries(page) for size, page in pages.items()}
    for _ in rounds(quick):
        for size, page in pages.items():
            opening[size].append(seconds(page.open) / MILLI)
            page.fill_in()
            saving[size].append(seconds(page.save) / MILLI)
    opened = {size: median(opening[size]) for size in SIZES}
    saved = {size: median(saving[size]) for size in SIZES}
    table(
        f"Subcentre Management, {database_name()}; medians of {len(opening[SIZES[0]])}",
        ["", "open, ms", "times 10", "queries", "save, ms", "times 10", "queries"],
        [
            [
                f"{size} Associate Centres",
                opened[size],
                opened[size] / opened[10],
                queries[size][0],
                saved[size],
                saved[size] / saved[10],
                queries[size][1],
            ]
            for size in SIZES
        ],
    )
    figures: dict[str, float] = {}
    for size in SIZES:
        figures[f"subcentres_ms_{size}"] = opened[size]
        figures[f"subcentres_queries_{size}"] = queries[size][0]
        figures[f"subcentres_save_ms_{size}"] = saved[size]
        figures[f"subcentres_save_queries_{size}"] = queries[size][1]
    figures["subcentres_ratio_750_to_10"] = opened[750] / opened[10]
    figures["subcentres_save_ratio_750_to_10"] = saved[750] / saved[10]
    return figures


def _pages(*, each: int) -> dict[int, Page]:
    """A main centre for each size, with so many candidates at every centre."""
    series, pages = make_series(), {}
    syllabuses = make_syllabuses()[:1]
    for index, size in enumerate(SIZES, start=1):
        centres = make_centres(series, first=10_000 * index, associates=size)
        make_candidates(series, centres, syllabuses, each=each)
        make_logins(series, centres)
        pages[size] = Page(centres[0], series)
    analyze()
    return pages


def _queries(page: Page) -> tuple[int, int]:
    """Queries to open and to save; whatever is loaded at the first time has been loaded then."""
    page.open()
    opening = queries_of(page.open)
    page.fill_in()
    return opening, queries_of(page.save)
