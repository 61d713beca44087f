"""Pages: what a candidate's weigh on a first visit (`first_visit`), and Subcentre Management with 750 rows."""

from tests.bench.first_visit import first_visits
from tests.bench.subcentres import page_of_750


def run(*, quick: bool) -> dict[str, float]:
    """A first visit's sizes are tiny in any case."""
    return first_visits() | page_of_750(quick=quick)
