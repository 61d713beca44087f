"""Subcentre Management with 10, 100 and 750 Associate Centres: time and queries to open and to save.

The page is made as the site makes it in production, its officer's second factor set up, without the
network between. Saving changes the delay of every row, the most that can happen. The candidates of
every centre hold live logins, so that a save has somebody to look after. The three stand in one
database and are measured in turn.
"""

import gzip
from statistics import median

from centres.models import Centre, Series, Syllabus
from centres.subcentres import management_of
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates, make_logins, officer_at
from tests.bench.environment import analyze, database_name, queries_of
from tests.bench.measure import MILLI, rounds, seconds, table

SIZES = (10, 100, 750)
# Of 750 rows: at most, and what the page took when each row was three fields of a form (PostgreSQL; measured
# once, on a busy machine, so that only the queries compare exactly).
MOST = {
    "subcentre_management_ms": (150, 1_648),
    "subcentre_management_queries": (12, 21),
    "subcentre_management_kb": (60, "–"),
    "subcentre_management_save_ms": (1_000, 1_960),
}


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


def page_of_750(*, quick: bool) -> dict[str, float]:
    """The four figures that `pages` tells, beside what they are to be at most. Names of schools repeat
    themselves here more than real ones do, so that the bytes are a few too few."""
    page = _page(
        make_series(), make_syllabuses()[:1], first=70_000, size=750, each=1 if quick else 20
    )
    analyze()
    queries, _ = _queries(page)
    opening, saving = [], []
    for _ in rounds(quick):
        opening.append(seconds(page.open) / MILLI)
        page.fill_in()
        saving.append(seconds(page.save) / MILLI)
    bytes_ = len(gzip.compress(page.browser.get(page.address).content))
    figures = {
        "subcentre_management_ms": median(opening),
        "subcentre_management_queries": queries,
        "subcentre_management_kb": bytes_ / 1000,
        "subcentre_management_save_ms": median(saving),
    }
    table(
        f"Subcentre Management, 750 rows, {database_name()}",
        ["", "now", "at most", "as form fields"],
        [
            [name.removeprefix("subcentre_management_"), figure, *MOST[name]]
            for name, figure in figures.items()
        ],
    )
    return figures


def _pages(*, each: int) -> dict[int, Page]:
    """A main centre for each size, with so many candidates at every centre."""
    series, pages = make_series(), {}
    syllabuses = make_syllabuses()[:1]
    for index, size in enumerate(SIZES, start=1):
        pages[size] = _page(series, syllabuses, first=10_000 * index, size=size, each=each)
    analyze()
    return pages


def _page(series: Series, syllabuses: list[Syllabus], *, first: int, size: int, each: int) -> Page:
    centres = make_centres(series, first=first, associates=size)
    make_candidates(series, centres, syllabuses, each=each)
    make_logins(series, centres)
    return Page(centres[0], series)


def _queries(page: Page) -> tuple[int, int]:
    """Queries to open and to save; whatever is loaded at the first time has been loaded then."""
    page.open()
    opening = queries_of(page.open)
    page.fill_in()
    return opening, queries_of(page.save)
