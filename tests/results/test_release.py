"""Rules 18, 19 and 21: what a candidate may see, and from which instant."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from centres.models import Centre, Entry, Release
from centres.models.arrangements import LONGEST_DELAY
from results.corrections import Correction, correct
from results.hold_levels import HOLD_LEVELS
from results.models import Result
from results.release import ROWS, results_for
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    LOADED,
    arrange,
    give,
    held_of,
    hold,
    let_go,
    make_candidate,
    make_qualification,
    make_series,
    set_defaults,
)

SECRET = ["grade", "pum", "corrected_at", "added_at", "let_go_at"]
TICK = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
CLOCK_CHANGES = [
    dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC),  # the United Kingdom, forwards
    dt.datetime(2026, 10, 25, 1, 0, tzinfo=dt.UTC),  # and back
    dt.datetime(2026, 11, 1, 6, 0, tzinfo=dt.UTC),  # New York, back
    dt.datetime(2026, 4, 4, 15, 0, tzinfo=dt.UTC),  # Lord Howe, back by half an hour
    dt.datetime(2011, 12, 30, 10, 0, tzinfo=dt.UTC),  # Apia, which left out a day
]
ZONES = ["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]

instants = st.datetimes(
    dt.datetime(2000, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC)
) | st.builds(
    lambda change, away: change + away,
    st.sampled_from(CLOCK_CHANGES),
    st.sampled_from([-HOUR, -TICK, dt.timedelta(), TICK, HOUR]),
)
delays = st.integers(0, LONGEST_DELAY // dt.timedelta(minutes=1)).map(
    lambda minutes: dt.timedelta(minutes=minutes)
)
distances = st.sampled_from([-TICK, dt.timedelta(), TICK]) | st.timedeltas(-30 * HOUR, 30 * HOUR)


def delay_by(world, whose: str, delay: dt.timedelta):
    """Make `delay` hold in one of the three ways; return the candidate for whom it does."""
    if whose == "own":
        arrange(world.main, world.series, delay=delay)
        return world.candidate
    other = LONGEST_DELAY - delay  # what stands where it must not count
    arrange(world.associate, world.series, delay=other)
    give(world.associate, world.series, delay=delay if whose == "row" else other)
    set_defaults(
        world.main,
        world.series,
        use_defaults=whose == "defaults",
        access=True,
        delay=delay if whose == "defaults" else other,
    )
    return world.associate_candidate


def release(world, at: dt.datetime) -> None:
    Release.objects.filter(series=world.series).update(candidates_at=at)


def line_of(candidate, code="0580", *, at=AFTER):
    return next(line for line in results_for(candidate, at=at) if line.code == code)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    instants, delays, distances, st.sampled_from(ZONES), st.sampled_from(["own", "row", "defaults"])
)
@example(IGCSE_RELEASE, dt.timedelta(), dt.timedelta(), "Europe/London", "own")
@example(IGCSE_RELEASE, dt.timedelta(), -TICK, "Europe/London", "own")
@example(IGCSE_RELEASE + TICK, 35 * 24 * HOUR, dt.timedelta(), "UTC", "defaults")
@example(IGCSE_RELEASE + TICK, 35 * 24 * HOUR, -TICK, "UTC", "defaults")
@example(CLOCK_CHANGES[0] - HOUR, 24 * HOUR, -TICK, "Europe/London", "row")
def test_a_result_shows_exactly_from_the_release_plus_the_delay(
    world, released, delay, distance, zone, whose
):
    candidate = delay_by(world, whose, delay)
    Centre.objects.update(time_zone=zone)
    release(world, released)
    at = (released + delay + distance).astimezone(ZoneInfo(zone))

    line = line_of(candidate, at=at)

    assert line.visible_from == released + delay
    assert (line.grade is not None) == (distance >= dt.timedelta())
    assert line.awaited_at == (None if line.grade else released + delay)


def test_each_qualification_has_its_own_release(world):
    lines = results_for(world.candidate, at=A_LEVEL_RELEASE)

    assert [(line.code, line.qualification, line.grade) for line in lines] == [
        ("0580", IGCSE, None),
        ("0610", IGCSE, None),
        ("9702", A_LEVEL, "B(b)"),
    ]
    assert lines[0].awaited_at == IGCSE_RELEASE


def row_of(candidate, code, *, at):
    """What leaves the database for one syllabus."""
    ids = {"centre": candidate.centre_id, "series": candidate.series_id}
    rows = ROWS.rows(candidate=candidate.pk, at=at, **ids)
    return next(row for row in rows if row["code"] == code)


def test_nothing_of_a_result_leaves_the_database_before_its_release(world):
    Result.objects.update(pum=77)
    correct(
        [Correction(result, "A*", 91) for result in Result.objects.all()],
        by=world.board,
        reason="Review of marking",
        at=IGCSE_RELEASE + HOUR,
    )

    hidden = row_of(world.candidate, "0580", at=IGCSE_RELEASE - TICK)
    shown = row_of(world.candidate, "0580", at=IGCSE_RELEASE)
    assert [hidden[name] for name in SECRET] == [None] * 5
    assert [shown[name] for name in SECRET] == ["A*", 91, IGCSE_RELEASE + HOUR, LOADED, None]


def test_a_released_line_says_all_that_the_candidate_may_know(world):
    Result.objects.filter(entry__candidate=world.candidate).update(pum=84)

    line = line_of(world.candidate)

    assert (line.title, line.option, line.grade, line.pum) == ("Syllabus 0580", "AX", "A(a)", 84)
    assert line.changed_on is None


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_while_it_is_held_the_time_before_the_release_is_told_as_ever(world, what):
    one = line_of(world.candidate, at=BEFORE)
    hold(**held_of(world.candidate, "0580")[what])

    assert line_of(world.candidate, at=BEFORE) == one
    assert one.awaited_at == IGCSE_RELEASE


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_a_held_result_is_like_one_that_is_not_there_whatever_level_holds_it(world, what):
    """Whoever waits is not told why: not by a grade, a PUM, the date of a correction or a time."""
    one, two = (
        make_candidate(world.main, world.series, number, grades={"0580": grade})
        for number, grade in [("0002", "A"), ("0003", None)]
    )
    result = Result.objects.get(entry__candidate=one)
    correct([Correction(result, "B", 80)], by=world.board, reason="Review", at=IGCSE_RELEASE)
    assert line_of(one) != line_of(two)

    placed = hold(**held_of(one, "0580")[what])
    assert line_of(one) == line_of(two)
    assert [row_of(one, "0580", at=AFTER)[name] for name in SECRET] == [None] * 5

    let_go(placed)
    assert line_of(one).grade == "B(b)"


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("series", set()),
        ("qualification", {("MAIN1", "9702"), ("ASC01", "9702")}),
        ("centre", {("ASC01", "0580"), ("ASC01", "0610"), ("ASC01", "9702")}),
        ("candidate", {("ASC01", "0580"), ("ASC01", "0610"), ("ASC01", "9702")}),
        (
            "entry",
            {
                *(("MAIN1", code) for code in ("0610", "9702")),
                *(("ASC01", code) for code in ("0580", "0610", "9702")),
            },
        ),
    ],
)
def test_a_hold_covers_what_it_says_and_nothing_beside(world, what, shown):
    hold(**held_of(world.candidate, "0580")[what])

    assert shown == {
        (candidate.centre.number, line.code)
        for candidate in (world.candidate, world.associate_candidate)
        for line in results_for(candidate, at=AFTER)
        if line.grade
    }


def test_a_hold_of_another_series_covers_nothing_of_this_one(world):
    november = make_series(2026, 11)
    hold(series=november)
    hold(series=november, centre=world.main)
    hold(series=november, qualification=make_qualification(IGCSE))

    assert line_of(world.candidate).grade == "A(a)"


def test_without_a_release_of_its_qualification_a_result_never_shows(world):
    Release.objects.filter(qualification__name=IGCSE).delete()

    line = line_of(world.candidate)

    assert (line.visible_from, line.awaited_at, line.grade) == (None, None, None)


def test_only_valid_entries_are_listed(world):
    Entry.objects.filter(candidate=world.candidate, syllabus__code="0580").update(withdrawn=True)

    assert [line.code for line in results_for(world.candidate, at=AFTER)] == ["0610", "9702"]


@pytest.mark.parametrize(
    ("corrected_at", "says"),
    [
        (IGCSE_RELEASE - TICK, None),
        (IGCSE_RELEASE, dt.date(2026, 8, 13)),
        # 17:30 UTC is half past midnight of the next day in Bangkok.
        (dt.datetime(2026, 8, 14, 17, 30, tzinfo=dt.UTC), dt.date(2026, 8, 15)),
    ],
)
def test_a_correction_since_the_release_shows_at_once_with_its_date(world, corrected_at, says):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0610")
    correct([Correction(result, "C", 61)], by=world.board, reason="Marked", at=corrected_at)

    line = line_of(world.candidate, "0610")

    assert (line.grade, line.pum, line.changed_on) == ("C(c)", 61, says)


def test_of_several_corrections_the_latest_counts(world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0610")
    for grade, days in [("C", 1), ("B", 3)]:
        at = IGCSE_RELEASE + days * 24 * HOUR
        correct([Correction(result, grade, None)], by=world.board, reason="Review", at=at)

    line = line_of(world.candidate, "0610")

    assert (line.grade, line.changed_on) == ("B(b)", dt.date(2026, 8, 16))


@pytest.mark.parametrize("grades", [{"0580": "A"}, {"0580": "A", "0610": "B", "9702": "C"}])
def test_it_is_one_query_however_many_syllabuses(world, django_assert_num_queries, grades):
    candidate = make_candidate(world.associate, world.series, "0009", grades=grades)

    with django_assert_num_queries(1):
        assert len(results_for(candidate, at=AFTER)) == len(grades)
