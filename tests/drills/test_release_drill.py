"""The drill for the release in short, and that it sees a gate that opens early, late or for all."""

import datetime as dt

import pytest
from django.db.models import (
    DateTimeField,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Value,
)

from candidate_site import page
from core.gate_clock import DatabaseClock
from core.prepared_queries import Prepared, PreparedWithRows
from credentials.logins.authentication import STILL_SIGNED_IN
from results import release
from tests.drills.release import Cast, run

TICK = dt.timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def set_again(database_clock):
    """Afterwards, the clock that the drill sets."""


def test_no_grade_is_early_and_none_is_late_whatever_is_agreed_changed_or_held(db):
    found = run(times=400, seed=1)

    assert found["violations"] == []
    assert found["cases"] >= 400
    for kind in ("shown", "hidden", "within_a_microsecond", "changes", "shut_out"):
        assert found[kind] > 5, kind
    for which in ("application_ahead", "database_ahead"):
        assert found[which] > 100, which


def moved(by: dt.timedelta) -> Expression:
    length = Value(by, output_field=DurationField())
    due = F("candidates_at") + F("terms_delay") + length
    return ExpressionWrapper(due, output_field=DateTimeField())


@pytest.fixture
def plant(monkeypatch):
    """plant(name, fault): the gate with this in the place of what it has by that name."""

    def plant(name, fault):
        monkeypatch.setattr(release, name, fault)
        ask(monkeypatch, Prepared(release._rows))

    return plant


def ask(monkeypatch, rows: Prepared) -> None:
    """Let these be what the gate asks, beside whoever is signed in, too."""
    monkeypatch.setattr(release, "ROWS", rows)
    monkeypatch.setattr(page, "SIGNED_IN", PreparedWithRows(STILL_SIGNED_IN, rows, page.GIVEN))


@pytest.mark.parametrize(("by", "says"), [(-TICK, "early"), (TICK, "late")])
def test_it_sees_a_gate_that_is_a_microsecond_early_or_late(db, plant, by, says):
    plant("visible_from", lambda: moved(by))

    violations = run(times=100, seed=2)["violations"]
    assert violations and all(says in one or "wrong change" in one for one in violations)


def test_it_sees_a_gate_that_does_not_mind_the_delay(db, plant):
    plant("visible_from", lambda: ExpressionWrapper(F("candidates_at"), DateTimeField()))

    assert any("early" in one for one in run(times=100, seed=2)["violations"])


@pytest.mark.parametrize("asks", ["application", "database"])
def test_it_sees_a_gate_that_asks_one_clock(db, plant, asks):
    clock = {"application": lambda at: at, "database": lambda at: DatabaseClock()}
    plant("gate_time", clock[asks])

    violations = run(times=200, seed=2)["violations"]
    assert violations and all("early" in one and f"{asks} +" in one for one in violations)


def test_it_sees_a_hold_that_does_not_arrive(db, monkeypatch):
    monkeypatch.setattr(Cast, "set_hold", lambda *told: None)

    assert any("held" in one for one in run(times=200, seed=2)["violations"])


class Stale(Prepared):
    """Answers as it did a few questions ago, as a cache of settings would."""

    def __init__(self, build) -> None:
        super().__init__(build)
        self.stored: dict = {}

    def rows(self, *, at, **values):
        rows, asked = self.stored.get(values["candidate"], (None, 0))
        if rows is None or asked > 3:
            rows, asked = list(super().rows(at=at, **values)), 0
        self.stored[values["candidate"]] = rows, asked + 1
        return iter(rows)


class StaleToo(PreparedWithRows):
    """The same beside whoever is signed in."""

    def ask(self, *, at, **values):
        found = self._one.first(**values)
        if found is None:
            return None, []
        given = {name: found[column] for name, column in self._given.items()}
        return found, list(self._rows.rows(at=at, **given))


def test_it_sees_a_gate_that_remembers_what_held_before(db, monkeypatch):
    ask(monkeypatch, Stale(release._rows))
    stale = StaleToo(STILL_SIGNED_IN, release.ROWS, page.GIVEN)
    monkeypatch.setattr(page, "SIGNED_IN", stale)

    violations = " ".join(run(times=100, seed=2)["violations"])
    assert "early" in violations and "late" in violations
