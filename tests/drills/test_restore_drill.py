"""The drill for a restore in short: one point of a site under load, by pgBackRest."""

import pytest
from django.db import connection

from tests import pgbackrest
from tests.drills.test_drills import drill


@pytest.mark.django_db
def test_a_site_that_is_restored_to_a_point_waits_and_differs_in_nothing_from_the_truth():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is copied: tests/operations/test_backup.py")
    if not pgbackrest.programs():
        pytest.skip("needs Debian's PostgreSQL and pgBackRest: bin/portal setup --for test")
    found = drill("restore", "--times", "1", "--seed", "1")

    assert found["violations"] == []
    assert found["points"] == 1
    assert found["given"] > 0
    assert found["asked"] > 0
    assert found["seen"] > 1
