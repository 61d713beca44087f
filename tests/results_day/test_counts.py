"""Who has looked on results day, and who has not though they could (rules 5, 6, 15 and 19)."""

import datetime as dt

import pytest

from centres.models import Centre, Status
from credentials.logins.authentication import note_page_seen, note_results_seen
from credentials.models import Credentials
from results_day.counts import (
    Counts,
    day_of,
    opening_in,
    to_call,
    total,
    with_associates,
)
from results_day.listing import attention_first
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    arrange,
    erase,
    give,
    make_candidate,
    make_centre,
    make_login,
    make_series,
    set_defaults,
)

HOUR = dt.timedelta(hours=1)
INSTANT = dt.timedelta(microseconds=1)


@pytest.fixture
def opened(world):
    world.open_all()
    return world


def row(world, number="ASC01", at=AFTER):
    rows = day_of(with_associates(world.main), world.series, at=at)
    return next(one for one in rows if one.centre.number == number)


def counts(world, **where) -> Counts:
    return row(world, **where).counts


def listed(world, *centres, at=AFTER) -> list[str]:
    """Centre and candidate number of whoever is to be telephoned."""
    asked = Centre.objects.filter(number__in=centres) if centres else with_associates(world.main)
    return [f"{one.centre.number} {one.number}" for one in to_call(asked, world.series, at=at)]


def tries(candidate, at=AFTER) -> Credentials:
    _, _, credentials = make_login(candidate)
    note_page_seen(credentials, at)
    return credentials


def looks(candidate, at=AFTER) -> Credentials:
    credentials = tries(candidate, at)
    note_results_seen(credentials, ["0580"], at)
    return credentials


def test_a_main_centre_sees_itself_and_whoever_has_access_of_it(opened):
    give(opened.associate2, opened.series, access=False)
    make_candidate(make_centre("ASC09", main=make_centre("MAIN2")), opened.series)

    rows = day_of(with_associates(opened.main), opened.series, at=AFTER)
    assert [one.centre.number for one in rows] == ["ASC01", "MAIN1"]
    own = day_of(with_associates(opened.associate), opened.series, at=AFTER)
    assert [one.centre.number for one in own] == ["ASC01"]


def test_each_step_of_a_candidate_is_counted(opened):
    candidates = [
        opened.associate_candidate,
        *(make_candidate(opened.associate, opened.series, f"000{number}") for number in (2, 3, 4)),
    ]
    make_login(candidates[1])
    tries(candidates[2])
    looks(candidates[3])

    assert counts(opened) == Counts(with_access=4, letters=3, can_see=4, seen=1, never_tried=2)


def test_who_has_no_access_or_no_valid_entry_is_not_counted(opened):
    second = make_candidate(opened.associate, opened.series, "0002")
    third = make_candidate(opened.associate, opened.series, "0003")
    third.entries.update(withdrawn=True)
    arrange(opened.associate, opened.series, status=Status.SELECTED, selected=(second, third))
    for candidate in (opened.associate_candidate, second, third):
        make_login(candidate)

    assert counts(opened).with_access == counts(opened).letters == counts(opened).not_seen == 1
    assert listed(opened, "ASC01") == ["ASC01 0002"]


def test_access_that_was_taken_away_takes_the_centre_off(opened):
    make_login(opened.associate_candidate)
    assert listed(opened, "ASC01") == ["ASC01 0001"]
    give(opened.associate, opened.series, access=False)

    assert listed(opened, "ASC01") == []
    rows = day_of(with_associates(opened.associate), opened.series, at=AFTER)
    assert rows == []


def test_nobody_is_late_before_the_release_and_the_delay_have_passed(opened):
    erase(opened.associate_candidate.entries.exclude(syllabus__code="0580"))
    make_login(opened.associate_candidate)
    set_defaults(opened.main, opened.series, use_defaults=True, access=True, delay=2 * HOUR)
    opens = IGCSE_RELEASE + 2 * HOUR

    assert counts(opened, at=opens - INSTANT).can_see == 0
    assert counts(opened, at=opens - INSTANT).not_seen == 0
    assert listed(opened, "ASC01", at=opens - INSTANT) == []
    assert not row(opened, at=opens - INSTANT).begun
    assert counts(opened, at=opens).not_seen == 1
    assert listed(opened, "ASC01", at=opens) == ["ASC01 0001"]
    assert row(opened, at=opens).begun


def test_each_centre_has_its_own_delay_and_a_main_centre_the_one_it_confirmed(opened):
    arrange(opened.main, opened.series, delay=HOUR)
    give(opened.associate2, opened.series, delay=3 * HOUR)
    for centre in (opened.main, opened.associate, opened.associate2):
        make_login(opened.candidates[centre.number])

    def late(after: dt.timedelta) -> list[str]:
        return listed(opened, at=A_LEVEL_RELEASE + after)

    assert late(0 * HOUR) == ["ASC01 0001"]
    assert late(HOUR) == ["ASC01 0001", "MAIN1 0001"]
    assert late(3 * HOUR) == ["ASC01 0001", "ASC02 0001", "MAIN1 0001"]


def test_of_several_qualifications_the_first_that_the_candidate_enters_counts(opened):
    igcse = make_candidate(opened.associate, opened.series, "0002", grades={"0580": "A"})
    both = opened.associate_candidate
    for candidate in (igcse, both):
        make_login(candidate)

    assert listed(opened, "ASC01", at=A_LEVEL_RELEASE) == ["ASC01 0001"]
    assert listed(opened, "ASC01", at=IGCSE_RELEASE) == ["ASC01 0001", "ASC01 0002"]
    both.entries.filter(syllabus__code="9702").update(withdrawn=True)
    assert listed(opened, "ASC01", at=A_LEVEL_RELEASE) == []


def test_a_qualification_without_a_release_makes_nobody_late(opened):
    make_login(opened.associate_candidate)
    opened.series.releases.all().delete()

    assert counts(opened).can_see == 0
    assert row(opened).moments == []


def test_a_row_says_from_when_by_the_clock_of_its_own_centre(opened):
    give(opened.associate, opened.series, delay=HOUR)

    first, second = row(opened).moments
    assert (first.local, first.qualifications) == (
        "11 August 2026, 11:00 Karachi time (UTC+5)",
        [A_LEVEL],
    )
    assert (second.local, second.qualifications) == (
        "13 August 2026, 11:00 Karachi time (UTC+5)",
        [IGCSE],
    )
    assert row(opened, "ASC02").moments[0].local == "11 August 2026, 07:00 Madrid time (UTC+2)"


def test_a_row_opens_with_the_qualification_whose_time_came_last_and_tells_the_next(opened):
    for at, shown in (
        (A_LEVEL_RELEASE - INSTANT, (A_LEVEL_RELEASE, IGCSE_RELEASE)),
        (A_LEVEL_RELEASE, (A_LEVEL_RELEASE, IGCSE_RELEASE)),
        (IGCSE_RELEASE, (IGCSE_RELEASE, None)),
    ):
        assert (row(opened, at=at).opens, row(opened, at=at).then) == shown


def test_who_has_seen_what_was_released_later_after_all_is_not_counted_as_seen(opened):
    looks(opened.associate_candidate)

    assert counts(opened, at=BEFORE) == Counts(with_access=1, letters=1)


def test_the_opening_to_mark_is_that_of_most_candidates_in_the_time_that_is_drawn(opened):
    give(opened.associate2, opened.series, delay=3 * HOUR)
    arrange(opened.main, opened.series, status=Status.NONE, delay=HOUR)  # which opens for nobody
    at = IGCSE_RELEASE + 4 * HOUR
    rows = day_of(with_associates(opened.main), opened.series, at=at)

    assert opening_in(rows, since=at - 5 * HOUR) == IGCSE_RELEASE
    assert opening_in(rows, since=at - 2 * HOUR) == IGCSE_RELEASE + 3 * HOUR
    assert opening_in(rows, since=at - HOUR / 2) is None
    early = day_of(with_associates(opened.main), opened.series, at=IGCSE_RELEASE + 2 * HOUR)
    assert opening_in(early, since=IGCSE_RELEASE + HOUR / 2) is None  # MAIN1's is for nobody
    make_candidate(opened.associate2, opened.series, "0002")
    rows = day_of(with_associates(opened.main), opened.series, at=at)
    assert opening_in(rows, since=at - 5 * HOUR) == IGCSE_RELEASE + 3 * HOUR


def test_all_but_one_is_not_a_hundred_per_cent():
    assert Counts(can_see=37092, seen=37091).share == "99.9 %"
    assert Counts(can_see=3, seen=3).share == "100.0 %"
    assert Counts().share == ""


def test_a_row_says_no_time_of_a_qualification_that_nobody_there_enters(opened):
    opened.associate_candidate.entries.filter(syllabus__code="9702").update(withdrawn=True)

    assert set(row(opened).visible_from) == {IGCSE}
    assert not row(opened, at=A_LEVEL_RELEASE).begun


def test_who_looked_with_a_letter_that_has_been_replaced_has_looked(opened):
    looks(opened.associate_candidate)
    make_login(opened.associate_candidate)

    assert counts(opened) == Counts(with_access=1, letters=1, can_see=1, seen=1)
    assert listed(opened, "ASC01") == []


def test_who_tried_a_letter_that_has_been_replaced_has_tried_once(opened):
    tries(opened.associate_candidate)
    tries(opened.associate_candidate)

    assert counts(opened) == Counts(with_access=1, letters=1, can_see=1, seen=0, never_tried=0)
    assert [one.tried for one in to_call(with_associates(opened.associate), opened.series)] == (
        [True]
    )


def test_who_has_no_letter_is_called_too_once_it_is_time(opened):
    now, before = counts(opened), counts(opened, at=BEFORE)
    assert (now.not_seen, now.not_open, now.without_letter) == (1, 0, 1)
    assert (before.not_seen, before.not_open, before.without_letter) == (0, 1, 1)
    [listed_one] = to_call(with_associates(opened.associate), opened.series, at=AFTER)

    assert (listed_one.has_login, listed_one.tried) == (False, False)


def test_another_series_of_the_same_centre_is_another_day(opened):
    november = make_series(month=11)
    arrange(opened.associate, november)
    give(opened.associate, november)
    looks(make_candidate(opened.associate, november, "0009"))

    assert counts(opened) == Counts(with_access=1, can_see=1, never_tried=1)


def test_rows_add_up_and_stand_where_they_are_needed_first(opened):
    for number in ("0002", "0003"):
        make_login(make_candidate(opened.associate2, opened.series, number))
    looks(opened.candidates["MAIN1"])
    rows = day_of(with_associates(opened.main), opened.series, at=AFTER)

    assert total(rows) == Counts(with_access=5, letters=3, can_see=5, seen=1, never_tried=4)
    assert (total(rows).not_seen, total(rows).share) == (4, "20.0 %")
    assert [one.centre.number for one in attention_first(rows)] == ["ASC02", "ASC01", "MAIN1"]


def test_where_nobody_has_a_letter_is_not_put_last(opened):
    looks(opened.associate_candidate)
    make_login(opened.candidates["MAIN1"])
    for number in ("0002", "0003"):
        make_candidate(opened.associate2, opened.series, number)
    rows = day_of(with_associates(opened.main), opened.series, at=AFTER)

    assert [one.centre.number for one in attention_first(rows)] == ["ASC02", "MAIN1", "ASC01"]


@pytest.mark.parametrize("centres", [1, 3])
def test_one_centre_or_three_take_as_many_queries(centres, opened, django_assert_num_queries):
    opened.associate2.main_link.delete()
    for number in range(2, centres + 1):
        centre = make_centre(f"ASC1{number}", main=opened.main)
        give(centre, opened.series, delay=number * HOUR)
        arrange(centre, opened.series)
        make_login(make_candidate(centre, opened.series))
    make_login(opened.associate_candidate)

    with django_assert_num_queries(5):
        assert len(day_of(with_associates(opened.main), opened.series, at=AFTER)) == centres + 1
    with django_assert_num_queries(3):
        assert len(to_call(with_associates(opened.main), opened.series, at=AFTER)) == (centres + 1)
    with django_assert_num_queries(3):
        assert len(to_call(with_associates(opened.main), opened.series, at=BEFORE)) == 0
