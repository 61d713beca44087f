"""*View entries and results* of a centre of 2,000 candidates, beside one of 20, while the board has the
largest Associate as well; all centres of that Associate side by side; and *Administer exams*, which
tells its officer what waits at any of them.

The pages are made as the site makes them in production, without the network between: nothing is sent
before the page is made, so that the time is that of the first byte.
"""

from collections.abc import Callable
from statistics import median

from django.test import Client

from centres.models import Centre
from demo.cohort import make
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates, officer_at
from tests.bench.environment import analyze, database_name
from tests.bench.exports import SMALL, WHOLE
from tests.bench.measure import MILLI, rounds, seconds, table

SIZES = (20, 2_000)
SEARCH = "?search="  # which is posted, as people's searches are
PAGES = {
    "qualification": "",
    "syllabus": "?syllabus={syllabus}",
    "by_outcome": "?sort=outcome",
    "candidates": "candidates/",
    "search": f"candidates/{SEARCH}0003",
    "candidate": "candidates/0003/",
}
SIDE_BY_SIDE = "associates/"
START = {"Administer exams": "/", "what waits": "/to-do/"}


def run(*, quick: bool) -> dict[str, float]:
    make.make(SMALL if quick else WHOLE, by="bench")
    largest = Centre.objects.order_by("number").first()
    assert largest
    series, syllabuses = make_series(), make_syllabuses()[:4]
    small, large = make_centres(series, first=90_000, associates=1)
    sizes = (3, 30) if quick else SIZES
    for centre, each in zip((small, large), sizes, strict=True):
        make_candidates(series, [centre], syllabuses, each=each)
    analyze()
    browser = officer_at(largest, small)
    at = f"/entries-and-results/{series.slug}"
    rows, figures = [], {}
    for name, page in PAGES.items():
        page = page.format(syllabus=syllabuses[0].code)
        less, most = (
            _milliseconds(browser, f"{at}/{centre.number}/{page}", quick=quick)
            for centre in (small, large)
        )
        rows.append([name.replace("_", " "), less, most, most / less])
        figures |= {f"entries_{name}_ms": most, f"entries_{name}_large_times_small": most / less}
    all_of_it = _milliseconds(browser, f"{at}/{largest.number}/{SIDE_BY_SIDE}", quick=quick)
    rows.append(["side by side", "", all_of_it, ""])
    officer = officer_at(largest)
    start = {name: _milliseconds(officer, page, quick=quick) for name, page in START.items()}
    rows += [[name, "", took, ""] for name, took in start.items()]
    table(
        f"Entries and results, {database_name()}; medians of {len(rounds(quick))}",
        ["", f"{sizes[0]} candidates: ms", f"{sizes[1]:,}: ms", "times"],
        rows,
    )
    return {
        **figures,
        "entries_side_by_side_ms": all_of_it,
        **{f"entries_{name.replace(' ', '_').lower()}_ms": took for name, took in start.items()},
    }


def _milliseconds(browser: Client, address: str, *, quick: bool) -> float:
    decrypt: Callable[[], None] = lambda: _open(browser, address)  # noqa: E731
    decrypt()
    return median(seconds(decrypt) for _ in rounds(quick)) / MILLI


def _open(browser: Client, address: str) -> None:
    page, posted, searched = address.partition(SEARCH)
    answer = browser.post(page, {"search": searched}) if posted else browser.get(page)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
