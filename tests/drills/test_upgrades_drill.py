"""The drill for upgrades in short: one rolling deploy, from the release before to this one, while candidates come."""

from pathlib import Path

import pytest
from django.db import connection

from tests import previous_release
from tests.drills.test_drills import drill
from tests.front import HAPROXY


@pytest.mark.django_db
def test_no_visit_fails_while_one_machine_after_the_other_is_upgraded():
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one machine, which stops to be upgraded")
    if not Path(HAPROXY).exists():
        pytest.skip("there is no HAProxy on this machine")
    if not previous_release.is_there():
        pytest.skip("this clone is too shallow")
    found = drill("upgrades", "--times", "1", "--seed", "1")

    assert found["violations"] == []
    assert (found["deploys"], found["failed_visits"]) == (1, 0)
    assert found["visits"] > 10
