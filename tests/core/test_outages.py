"""A database that is away is a line every few seconds, with a count, whoever asks and however often."""

import pytest
from django.db import OperationalError

from core.outages import EVERY, Outage

AWAY = "The database is away: no answer. Failed attempts: "
BACK = "The database is there again. Failed attempts meanwhile: "


@pytest.fixture
def at(monkeypatch):
    clock = [1_000.0]
    monkeypatch.setattr("core.outages.time.monotonic", lambda: clock[0])
    return clock


def test_thousands_that_ask_in_vain_are_three_lines_with_their_number(at, caplog):
    outage, error = Outage(), OperationalError("password=hunter2")
    for second in range(12):
        at[0] = 1_000 + second
        for _ in range(500):
            outage.note(error)
    outage.end()
    outage.end()

    assert caplog.messages == [AWAY + "1", AWAY + "5000", BACK + "999"]


def test_one_that_comes_and_goes_is_two_lines_in_ten_seconds(at, caplog):
    outage = Outage()
    for second in range(int(2 * EVERY)):
        at[0] = 1_000 + second
        for _ in range(30):
            outage.note(OperationalError())
            outage.end()

    assert caplog.messages == [
        AWAY + "1",
        BACK + "0",
        AWAY + "300",
        BACK + "0",
    ]
