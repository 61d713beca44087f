"""Pages: what a candidate's weigh on a first visit (`first_visit`)."""

from tests.bench.first_visit import first_visits


def run(*, quick: bool) -> dict[str, float]:
    """Its sizes are tiny in any case."""
    return first_visits()
