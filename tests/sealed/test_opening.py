"""Two keyholders open a sealed series, nobody alone; then its files are loaded, all or none (rule 28)."""

import pytest
from django.utils import timezone

from core.jobs import State, run
from results.models import Result
from sealed import ceremonies
from sealed.models import Opening
from tests.builders import make_candidate, make_centre, make_series
from tests.sealed.cast import Kind, give_file, make_ring, make_seal, take_turns

HEADS = "series,centre,candidate_number,syllabus,grade,pum\n"


@pytest.fixture
def sealed(db):
    """The ring, and a seal that can be opened, with a file of one row."""
    ring = make_ring()
    series = make_series()
    make_candidate(make_centre("MAIN1"), series, grades={"0580": None})
    seal = make_seal(series, ring[0].user, opens_from=timezone.now())
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,A,85\n", by=ring[0].user)
    return ring, seal


def opened(seal) -> Opening:
    opening = Opening.objects.get(seal=seal)
    run("sealed.Opening", str(opening.pk))
    opening.refresh_from_db()
    return opening


def test_two_keyholders_open_a_series_and_its_results_are_loaded(sealed):
    (first, second, _), seal = sealed

    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    opening = opened(seal)

    assert (opening.state, opening.error) == (State.READY, "")
    assert [result.grade for result in Result.objects.all()] == ["A"]
    assert opening.key is None and not seal.shares.exists()
    seal.series.refresh_from_db()
    assert not seal.series.sealed
