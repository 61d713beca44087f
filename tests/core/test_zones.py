"""Zones read as people say them: by their city, and how far they are from UTC at that instant."""

import datetime as dt
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.utils.translation import override

from core.dates import BoardClock, local, minute, zone_all_year, zone_at

SUMMER = dt.datetime(2026, 8, 13, 5, tzinfo=dt.UTC)
WINTER = dt.datetime(2027, 1, 14, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        ("Asia/Bangkok", SUMMER, "13 August 2026, 12:00 Bangkok time (UTC+7)"),
        ("Europe/London", SUMMER, "13 August 2026, 06:00 London time (UTC+1)"),
        ("Europe/London", WINTER, "14 January 2027, 06:00 London time (UTC+0)"),
        ("Asia/Kathmandu", SUMMER, "13 August 2026, 10:45 Kathmandu time (UTC+5:45)"),
        ("America/St_Johns", SUMMER, "13 August 2026, 02:30 St John’s time (UTC−2:30)"),
        (
            "America/Argentina/Buenos_Aires",
            SUMMER,
            "13 August 2026, 02:00 Buenos Aires time (UTC−3)",
        ),
        ("Asia/Calcutta", SUMMER, "13 August 2026, 10:30 Kolkata time (UTC+5:30)"),  # an old name
        ("Singapore", SUMMER, "13 August 2026, 13:00 Singapore time (UTC+8)"),
        ("UTC", SUMMER, "13 August 2026, 05:00 UTC"),
        ("Etc/UTC", SUMMER, "13 August 2026, 05:00 UTC"),
        ("Etc/GMT-7", SUMMER, "13 August 2026, 12:00 UTC+7"),  # named after no city
    ],
)
def test_an_instant_names_the_city_and_how_far_it_is_from_utc(zone, at, said):
    assert local(at, BoardClock(zone)) == said
    assert said == f"{minute(at, BoardClock(zone))} {zone_at(at, BoardClock(zone))}"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Bangkok", "Bangkok time (UTC+7)"),
        ("Europe/London", "London time (UTC+0 or UTC+1, by season)"),
        ("UTC", "UTC"),
    ],
)
def test_a_list_names_its_zone_once_with_all_that_it_is_in_a_year(zone, said):
    assert zone_all_year(BoardClock(zone), 2026) == said


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_zone_is_named_in_every_language_without_its_area(language):
    with override(language):
        for zone in available_timezones():
            said = zone_at(SUMMER, BoardClock(zone))
            assert "UTC" in said and "_" not in said and "/" not in said, zone
        assert language in ("en-gb", "pt", "es", "fr") or "Bangkok" not in zone_at(
            SUMMER, BoardClock("Asia/Bangkok")
        )
