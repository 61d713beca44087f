"""Rule 25: the instant by which gates open is the earlier of two clocks."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from board import service_state
from centres.models import Release
from core import gate_clock
from tests import clocks
from tests.builders import A_LEVEL_RELEASE, IGCSE_RELEASE

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def as_in_production(db):
    clocks.as_in_production()
    yield
    clocks.install()


def test_the_database_tells_the_real_time(as_in_production):
    """On PostgreSQL by its own clock, which no travelling of this process shifts; on SQLite by this
    host's, for there is no other."""
    before = timezone.now()
    told = gate_clock.now()

    assert before <= told <= timezone.now()
    with time_machine.travel(before + 30 * MINUTE):
        ahead = gate_clock.now() - before
    if connection.vendor == "postgresql":
        assert ahead < MINUTE
    else:
        assert ahead >= 30 * MINUTE


@pytest.mark.parametrize("behind", ["application", "database"])
def test_now_is_the_earlier_of_the_two_in_sql_and_outside(world, database_clock, behind):
    early, late = IGCSE_RELEASE - MINUTE, IGCSE_RELEASE + MINUTE
    application, database = (early, late) if behind == "application" else (late, early)
    database_clock(database)
    with time_machine.travel(application, tick=False):
        assert gate_clock.now() == early
        now = gate_clock.gate_time(timezone.now())
        assert {row.now for row in Release.objects.annotate(now=now)} == {early}
        due = Release.objects.filter(candidates_at__lte=now).values_list("candidates_at", flat=True)
        assert list(due) == [A_LEVEL_RELEASE]


@pytest.mark.parametrize("seconds", [-1800, -1, 1, 1800])
def test_a_skew_is_told_as_it_is(db, database_clock, seconds):
    """Positive where the database's clock is ahead."""
    by = dt.timedelta(seconds=seconds)
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        database_clock(timezone.now() + by)
        assert gate_clock.skew() == by


def test_a_slow_answer_is_no_skew(db, database_clock, monkeypatch):
    with time_machine.travel(IGCSE_RELEASE, tick=False) as clock:
        database_clock(timezone.now() + dt.timedelta(seconds=2))
        asked = gate_clock._database_time

        def slow() -> dt.datetime:
            told = asked()
            clock.shift(3)
            return told

        monkeypatch.setattr(gate_clock, "_database_time", slow)
        assert gate_clock.skew() == dt.timedelta()


@pytest.fixture
def compared(monkeypatch, database_clock):
    """compared(seconds): the database's clock is so far ahead of the application's."""
    monkeypatch.setattr(gate_clock, "MOST_SKEW", dt.timedelta(seconds=0.5))
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        yield lambda by: database_clock(IGCSE_RELEASE + dt.timedelta(seconds=by))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.5, ""),
        (-0.5, ""),
        (0.51, "The database’s clock is 0.5 s ahead of this server’s."),
        (-1800, "The database’s clock is 1800.0 s behind this server’s."),
    ],
)
def test_more_than_half_a_second_is_told_on_the_state_page_and_fails_readiness(
    db, client, compared, seconds, said
):
    compared(seconds)
    clocks_part = next(one for one in service_state.state() if one.name == "Clocks")
    ready = client.get("/health/ready/")

    assert gate_clock.disagreement() == said
    assert clocks_part.state == ("bad" if said else "good")
    assert (said or "agree") in clocks_part.words
    assert ready.status_code == (503 if said else 200)
    assert ready.content.decode() == (f"not ready: {said}\n" if said else "ready\n")
    assert client.get("/health/").status_code == 200
