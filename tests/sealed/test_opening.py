"""Two keyholders open a sealed series, nobody alone; then its files are loaded, all or none (rule 28)."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from centres.models import Centre
from core.jobs import State, run, try_again
from results.models import Result, ResultChange
from sealed import boxes, ceremonies, opening
from sealed.models import Opening
from tests.builders import make_candidate, make_centre, make_series
from tests.sealed.cast import HEADS, Kind, give_file, make_ring, make_seal, take_turns


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


ROW = "2026-06,MAIN1,0001,0580,{},85\n"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def begun(sealed) -> Opening:
    """Two have opened it, and no worker has taken it up yet."""
    (first, second, _), seal = sealed
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    return Opening.objects.get(seal=seal)


def test_until_a_worker_takes_it_up_the_key_waits_wrapped(begun):
    key = bytes(begun.key)

    assert begun.key_until - begun.asked_at == HOUR
    private = opening._private(begun)
    assert boxes.public_of(private) == bytes(begun.seal.public_key)
    assert private[:32] not in key and private[64:] not in key


def test_files_are_loaded_in_their_order(sealed):
    (first, second, _), seal = sealed
    for grade in "BC":
        give_file(seal, HEADS + ROW.format(grade), by=first.user)
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)

    assert opened(seal).found == {"created": 1, "changed": 2}
    assert Result.objects.get().grade == "C"
    assert not seal.files.filter(loaded_at=None).exists()


def test_the_reason_of_a_file_stands_in_the_history_of_what_it_corrects(sealed):
    (first, second, _), seal = sealed
    give_file(seal, HEADS + ROW.format("B"), by=first.user, reason="Review of marking")
    give_file(seal, HEADS + ROW.format("C"), by=first.user)
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    opened(seal)

    rows = ResultChange.objects.order_by("pk")
    assert [(row.old_grade, row.reason) for row in rows] == [
        ("A", "Review of marking"),
        ("B", "Loaded by the board"),
    ]


def test_where_one_row_of_one_file_does_not_fit_nothing_is_loaded(sealed):
    (first, second, _), seal = sealed
    give_file(seal, HEADS + "2026-06,MAIN1,0002,0580,B,75\n", by=first.user)
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    done = opened(seal)

    assert (done.state, done.error) == (State.FAILED, opening.BAD_ROWS)
    assert done.found == {"bad": 1} and done.faults
    assert not Result.objects.exists() and not seal.files.exclude(loaded_at=None).exists()
    seal.refresh_from_db()
    assert seal.opened_at is None and seal.series.sealed and seal.shares.count() == 6


def test_within_the_hour_it_can_be_tried_again_once_the_entries_fit(sealed):
    (first, second, _), seal = sealed
    give_file(seal, HEADS + "2026-06,MAIN1,0002,0580,B,75\n", by=first.user)
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    failed = opened(seal)
    assert failed.key
    make_candidate(Centre.objects.get(), seal.series, "0002", grades={"0580": None})
    try_again(failed)
    done = opened(seal)

    assert (done.state, done.found, done.key) == (State.READY, {"created": 2}, None)
    assert done.faults is None


def test_an_hour_later_the_key_has_gone_and_nothing_is_loaded(begun):
    with time_machine.travel(begun.key_until, tick=False):
        done = opened(begun.seal)

    assert (done.state, done.error, done.key) == (State.FAILED, opening.TOO_LATE, None)
    assert not Result.objects.exists() and begun.seal.shares.exists()


def test_it_goes_by_itself_to_the_minute(begun):
    assert opening.forget_keys(begun.key_until - dt.timedelta(seconds=1)) == 0
    assert opening.forget_keys(begun.key_until) == 1
    assert opening.forget_keys(begun.key_until) == 0


def test_then_two_keyholders_open_it_once_more(sealed, begun):
    (first, _, third), seal = sealed
    opening.forget_keys(begun.key_until)
    opened(seal)
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), third, first)

    assert opened(seal).state == State.READY


def test_a_key_in_the_place_of_another_does_not_open(begun):
    Opening.objects.update(key=b"x" * len(bytes(begun.key)))
    done = opened(begun.seal)

    assert done.state == State.FAILED and not Result.objects.exists()


def test_what_was_killed_goes_on_and_loads_once(begun):
    Opening.objects.update(state=State.RUNNING, run=uuid.uuid4(), attempts=1)
    Opening.objects.update(state=State.QUEUED)  # as `core.worker` does with what has fallen silent
    assert opened(begun.seal).state == State.READY

    Opening.objects.update(state=State.QUEUED)
    done = opened(begun.seal)
    assert (done.state, done.key, Result.objects.count()) == (State.READY, None, 1)
    assert done.found == {"created": 1}
