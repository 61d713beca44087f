"""The calendar: every instant of every series by the board's clock, past, next and ahead."""

import datetime as dt

import pytest
import time_machine

from board.calendar import events, next_release, year_of
from centres.models import Release
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    hold,
    make_proposal,
    make_qualification,
    make_series,
)


def test_the_instants_of_a_series_are_in_order_and_the_next_is_marked(world):
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)
    year = year_of(at=A_LEVEL_RELEASE)

    found = [(one.event.what, one.event.local, one.past, one.next) for one in year.entries]
    assert found == [
        ("opens", "25 March 2026, 00:00 London time (UTC+0)", True, False),
        ("candidates", "11 August 2026, 06:00 London time (UTC+1)", True, False),
        ("staff", "12 August 2026, 06:00 London time (UTC+1)", False, True),
        ("candidates", "13 August 2026, 06:00 London time (UTC+1)", False, False),
    ]


def test_the_months_mark_the_days_of_the_boards_clock(world, settings):
    settings.BOARD_TIME_ZONE = (
        "Pacific/Auckland"  # 05:00 UTC is 17:00 there, 13:00 UTC the next day
    )
    Release.objects.filter(qualification__name=IGCSE).update(
        candidates_at=dt.datetime(2026, 8, 13, 13, tzinfo=dt.UTC)
    )
    year = year_of(2026, at=BEFORE)
    august = [day for week in year.months[7].weeks for day in week if day.kinds]

    assert [(day.number, day.kinds) for day in august] == [
        (11, ("candidates",)),
        (14, ("candidates",)),
    ]
    assert [day.number for week in year.months[7].weeks for day in week if day.today] == [2]


def test_a_hold_and_a_proposal_are_shown(board, world):
    hold(series=world.series, qualification=make_qualification(A_LEVEL))
    proposal = make_proposal(world.series)
    page = board.get("/board/calendar/2026/").content.decode()

    assert page.count("Held") == 1
    assert f'<a href="/board/releases/{proposal.pk}/"><span class="tag tag-warn">' in page


def test_what_is_only_proposed_is_not_the_next_release(world):
    make_proposal(world.series, candidates_at=BEFORE + dt.timedelta(hours=1))

    assert next_release(events(), BEFORE).at == A_LEVEL_RELEASE
    assert next_release(events(), IGCSE_RELEASE) is None


def test_from_year_to_year_one_goes_where_there_is_something(board, world):
    make_series(2024, releases={}, credentials_from=dt.date(2024, 3, 25))
    with time_machine.travel(BEFORE, tick=False):
        board.force_login(world.board)
        page = board.get("/board/calendar/").content.decode()
        assert "Calendar 2026" in page
        assert "/board/calendar/2024/" in page
        assert "/board/calendar/2025/" not in page
        assert (
            "Nothing is known for 2025 yet" in board.get("/board/calendar/2025/").content.decode()
        )
        assert board.get("/board/calendar/1/").status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_series(
    board, world, many, django_assert_num_queries
):
    for year in range(2020, 2020 + many):
        make_proposal(make_series(year))
    board.get("/board/calendar/")
    with django_assert_num_queries(9):
        board.get("/board/calendar/")
