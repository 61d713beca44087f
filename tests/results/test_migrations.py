"""What was held by a flag stays held by a row; and the other way round, should a board go back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.builders import A_LEVEL, IGCSE, IGCSE_RELEASE, World, held_of, hold, make_series

OLD = [("centres", "0004_candidate_uci"), ("results", "0002_hold")]
SYLLABUSES = ("0580", "0610", "9702")


@pytest.mark.django_db(transaction=True)
def test_no_hold_in_force_is_lost_either_way(migrate):
    world = World()
    hold(series=make_series(2026, 11, releases={IGCSE: IGCSE_RELEASE}))
    hold(**held_of(world.candidate, "9702")["qualification"])
    hold(**held_of(world.candidate, "0580")["entry"])
    hold(**held_of(world.candidates["ASC01"], "0580")["centre"])
    hold(**held_of(world.candidates["ASC02"], "0580")["candidate"])
    releases = {(11, IGCSE), (6, A_LEVEL)}
    results = {
        ("MAIN1", "0580"),
        *((one, code) for one in ("ASC01", "ASC02") for code in SYLLABUSES),
    }

    old = migrate(OLD)
    held = old.get_model("centres", "Release").objects.filter(held=True)
    assert set(held.values_list("series__month", "qualification__name")) == releases
    held = old.get_model("results", "Result").objects.filter(held=True)
    centre_and_code = ("entry__candidate__centre__number", "entry__syllabus__code")
    assert set(held.values_list(*centre_and_code)) == results
    now = timezone.now()
    old.get_model("results", "Hold").objects.update(
        asked_by="one", asked_at=now, let_go_by="another", let_go_at=now
    )

    new = migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    held = new.get_model("results", "Hold").objects.filter(let_go_at=None, placed_by="migration")
    of_releases, of_results = held.filter(entry=None), held.exclude(entry=None)
    assert set(of_releases.values_list("series__month", "qualification__name")) == releases
    assert set(of_results.values_list(*centre_and_code)) == results
