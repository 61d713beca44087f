"""The sign-ins of the last hour, minute by minute."""

import datetime as dt

import pytest

from centres.models import Centre
from credentials.models import Credentials
from results_day.sign_ins import MINUTES, TALLEST, sign_ins_of
from tests.builders import make_candidate, make_login, make_series

NOON = dt.datetime(2026, 8, 13, 12, 0, tzinfo=dt.UTC)
KATHMANDU = Centre(time_zone="Asia/Kathmandu")
UTC = Centre(time_zone="UTC")


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def login(world, number: str = "", *, first: float, seen: float | None = None) -> None:
    """A login at ASC01, first used, and then shown results, so many minutes before noon."""
    candidate = (
        make_candidate(world.associate, world.series, number)
        if number
        else (world.associate_candidate)
    )
    _, _, credentials = make_login(candidate)
    Credentials.objects.filter(pk=credentials.pk).update(
        first_signed_in_at=NOON - minutes(first),
        results_first_seen_at=None if seen is None else NOON - minutes(first),
        results_seen_at=None if seen is None else NOON - minutes(seen),
    )


def sign_ins(world, centre=UTC, **where):
    return sign_ins_of(
        [world.associate], where.pop("series", world.series), centre, at=NOON, **where
    )


def counted(world) -> dict[str, int]:
    return {bar.clock: bar.count for bar in sign_ins(world).bars if bar.count}


def test_each_login_counts_once_when_it_last_showed_a_result(world):
    login(world, first=40, seen=10)

    assert counted(world) == {"11:50": 1}


def test_before_it_has_shown_one_it_counts_when_it_was_first_used(world):
    login(world, first=7.5)

    assert counted(world) == {"11:52": 1}


def test_an_hour_is_the_running_minute_and_the_fifty_nine_before(world):
    login(world, first=59)
    login(world, "0002", first=59.01)
    login(world, "0003", first=-0.99)
    login(world, "0004", first=-1)

    assert counted(world) == {"11:01": 1, "12:00": 1}
    assert len(sign_ins(world).bars) == MINUTES
    assert (sign_ins(world).total, sign_ins(world).last_five) == (2, 1)


def test_a_login_that_was_never_used_and_one_of_elsewhere_do_not_count(world):
    make_login(world.associate_candidate)
    login(world, "0002", first=5)
    november = make_series(month=11)

    assert sign_ins_of([world.associate2], world.series, UTC, at=NOON).total == 0
    assert sign_ins(world, series=november).total == 0
    assert sign_ins(world).total == 1


def test_a_candidate_with_a_new_letter_has_two_logins(world):
    login(world, first=20, seen=20)
    login(world, first=4)

    assert counted(world) == {"11:40": 1, "11:56": 1}


def test_the_busiest_minute_is_the_tallest_and_a_single_sign_in_can_be_seen(world):
    login(world, first=30)
    for number in range(2, 130):
        login(world, f"{number:04}", first=5)

    bars = {bar.clock: bar for bar in sign_ins(world).bars}
    assert sign_ins(world).busiest == bars["11:55"]
    assert (bars["11:55"].height, bars["11:55"].y) == (TALLEST, 0)
    assert (bars["11:30"].height, bars["11:30"].y) == (1, TALLEST - 1)
    assert bars["11:31"].height == 0


@pytest.mark.parametrize(
    ("centre", "first", "last"), [(UTC, "11:10", "12:00"), (KATHMANDU, "16:50", "17:40")]
)
def test_labels_are_on_the_ten_minutes_of_the_centres_own_clock(world, centre, first, last):
    labels = [bar.clock for bar in sign_ins(world, centre).bars if bar.labelled]

    assert (labels[0], labels[-1], len(labels)) == (first, last, 6)


def test_the_minute_in_which_results_opened_is_marked_if_it_is_drawn(world):
    def marked(ago: float):
        return sign_ins(world, KATHMANDU, opened=NOON - minutes(ago)).opened

    assert (marked(34.2).clock, marked(34.2).x, marked(34.2).anchor) == ("17:10", "40.00%", "start")
    assert marked(10).anchor == "end"
    assert marked(61) is None
    assert sign_ins(world).opened is None


def test_the_same_in_numbers_adds_up(world):
    login(world, first=59)
    login(world, "0002", first=0)

    assert sign_ins(world).fives[0] == ("11:01", 1)
    assert sign_ins(world).fives[-1] == ("11:56", 1)
    assert sum(count for _, count in sign_ins(world).fives) == sign_ins(world).total


def test_it_takes_one_query(world, django_assert_num_queries):
    login(world, first=5)

    with django_assert_num_queries(1):
        sign_ins(world)
