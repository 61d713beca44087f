"""Pages: what a candidate's weigh on a first visit (`first_visit`), how many clicks the five jobs take (`clicks`);
and with 750 Associate Centres Subcentre Management and how far the series is (`readiness`)."""

from tests.bench.clicks import clicks_and_places
from tests.bench.first_visit import first_visits
from tests.bench.readiness import readiness_of_750
from tests.bench.subcentres import page_of_750
from tests.builders import World


def run(*, quick: bool) -> dict[str, float]:
    """A first visit's sizes are tiny in any case."""
    world = World()
    world.open_all()
    figures = first_visits(world) | clicks_and_places(world, quick=quick)
    return figures | page_of_750(quick=quick) | readiness_of_750(quick=quick)
