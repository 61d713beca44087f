"""series.csv: a series, and the release of each qualification in it."""

import datetime as dt

import pytest

from centres.models import Release, Series
from results.models import Hold
from tests.builders import hold
from tests.loading.files import faults, load

HEADER = "series,credentials_from,qualification,release_at\n"
IGCSE = "June 2026,2026-03-25,Cambridge IGCSE,2026-08-13T05:00:00+00:00\n"
O_LEVEL = "June 2026,2026-03-25,Cambridge O Level,2026-08-13T06:00:00+01:00\n"

pytestmark = pytest.mark.django_db


def test_a_row_makes_the_series_and_a_release_in_utc():
    assert load("series", HEADER + IGCSE + O_LEVEL) == "2 created, 0 changed, 0 unchanged"

    series = Series.objects.get()
    assert (str(series), series.credentials_from) == ("June 2026", dt.date(2026, 3, 25))
    assert dict(series.releases.values_list("qualification__name", "candidates_at")) == {
        "Cambridge IGCSE": dt.datetime(2026, 8, 13, 5, tzinfo=dt.UTC),
        "Cambridge O Level": dt.datetime(2026, 8, 13, 5, tzinfo=dt.UTC),
    }


def test_the_same_instant_in_another_offset_is_unchanged():
    load("series", HEADER + IGCSE)

    assert load("series", HEADER + IGCSE.replace("05:00:00+00:00", "12:00:00+07:00")) == (
        "0 created, 0 changed, 1 unchanged"
    )


def test_a_changed_day_changes_every_row_that_says_it():
    load("series", HEADER + IGCSE + O_LEVEL)

    assert load("series", HEADER + (IGCSE + O_LEVEL).replace("03-25", "03-26")) == (
        "0 created, 2 changed, 0 unchanged"
    )


def test_a_changed_release_leaves_the_boards_hold_alone():
    load("series", HEADER + IGCSE)
    release = Release.objects.get()
    placed = hold(series=release.series, qualification=release.qualification)

    assert load("series", HEADER + IGCSE.replace("08-13", "08-14")) == (
        "0 created, 1 changed, 0 unchanged"
    )
    assert Release.objects.get().candidates_at.day == 14
    assert list(Hold.objects.in_force()) == [placed]


STAFF_HEADER = HEADER.replace("\n", ",staff_release_at\n")
IN_CONFIDENCE = IGCSE.replace("\n", ",2026-08-12T06:00:00+01:00\n")


def test_staff_may_be_given_an_instant_of_their_own():
    load("series", STAFF_HEADER + IN_CONFIDENCE + O_LEVEL.replace("\n", ",\n"))

    assert dict(Release.objects.values_list("qualification__name", "staff_at")) == {
        "Cambridge IGCSE": dt.datetime(2026, 8, 12, 5, tzinfo=dt.UTC),
        "Cambridge O Level": None,
    }


def test_a_file_without_that_column_leaves_it_and_an_empty_cell_takes_it_away():
    load("series", STAFF_HEADER + IN_CONFIDENCE)

    assert load("series", HEADER + IGCSE) == "0 created, 0 changed, 1 unchanged"
    assert Release.objects.get().staff_at is not None
    assert load("series", STAFF_HEADER + IGCSE.replace("\n", ",\n")) == (
        "0 created, 1 changed, 0 unchanged"
    )
    assert Release.objects.get().staff_at is None


def test_staff_are_not_shown_results_after_candidates_whichever_of_the_two_moves():
    late = IN_CONFIDENCE.replace("08-12", "08-14")
    reason = "Staff would see these results at"
    [fault] = faults("series", STAFF_HEADER + late)
    assert fault.startswith(
        f"line 2, staff_release_at: {reason} 14 August 2026, 06:00 London time (UTC+1), 14 August 2026, 05:00 UTC"
    )

    load("series", STAFF_HEADER + IN_CONFIDENCE)
    [fault] = faults("series", HEADER + IGCSE.replace("08-13", "08-11"))
    assert fault.startswith(
        f"line 2, release_at: {reason} 12 August 2026, 06:00 London time (UTC+1), 12 August 2026, 05:00 UTC"
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (IGCSE.replace("June", "May"), "line 2, series: “May 2026” is not a series."),
        (IGCSE.replace("June 2026", "June 26"), "line 2, series: “June 26” is not a series."),
        (IGCSE.replace("June 2026", "June ２０２６"), "line 2, series: “June ２０２６” is not a"),
        (IGCSE.replace("2026-03-25", "25/03/2026"), "line 2, credentials_from: “25/03/2026” is"),
        (IGCSE.replace("2026-03-25", "2026-02-30"), "line 2, credentials_from: “2026-02-30” is"),
        (IGCSE.replace("2026-03-25", "20260325"), "line 2, credentials_from: “20260325” is not"),
        (IGCSE.replace("2026-03-25", ""), "line 2, credentials_from: “” is not a date."),
        (IGCSE.replace("IGCSE", "GCSE"), "line 2, qualification: There is no qualification “Ca"),
        (IGCSE.replace("+00:00", ""), "line 2, release_at: “2026-08-13T05:00:00” has no offset"),
        (IGCSE.replace("T05:00:00+00:00", ""), "line 2, release_at: “2026-08-13” has no offset"),
        (IGCSE.replace("T05", "T25"), "line 2, release_at: “2026-08-13T25:00:00+00:00” is not a"),
        (IGCSE.replace("2026-08", "0001-08"), "line 2, release_at: “0001-08-13T05:00:00+00:00” is"),
        (
            IGCSE + O_LEVEL.replace("03-25", "03-26"),
            "line 3, credentials_from: line 2 says something else of the same series.",
        ),
        (
            IGCSE + IGCSE.replace("08-13", "08-14"),
            "line 3, release_at: line 2 says something else of the same release.",
        ),
    ],
)
def test_a_bad_row_names_its_column_and_changes_nothing(row, expected):
    [fault] = faults("series", HEADER + row)

    assert fault.startswith(expected)
