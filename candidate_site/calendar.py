"""The calendar file: when a candidate's results can be seen, for the calendar of a telephone.

It names no candidate, no syllabus and no login, for calendars are shared.
"""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Alarm, Calendar, Event

from candidate_site.language import address
from candidate_site.page import Page
from core.dates import month

HALF_AN_HOUR = dt.timedelta(minutes=30)


def calendar_of(page: Page, *, made_at: dt.datetime) -> bytes:
    """An event at each moment that is still awaited, in UTC, with an alarm when it comes (RFC 5545)."""
    site = settings.SITE_URL + address("sign_in")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Candidate results//EN")
    for part in page.parts:
        for moment in part.moments:
            event = Event()
            event.add("uid", f"{part.candidate.series.slug}-{moment.instant:%Y%m%dT%H%M%SZ}@{site}")
            event.add("dtstamp", made_at.astimezone(dt.UTC))
            event.add("dtstart", moment.instant.astimezone(dt.UTC))
            event.add("duration", HALF_AN_HOUR)
            event.add("summary", _summary(month(part.candidate.series), moment.qualifications))
            event.add("description", gettext("Log in with the login that is on your letter."))
            event.add("url", site)
            event.add_component(_alarm())
            calendar.add_component(event)
    return calendar.to_ical()


def _summary(series: str, qualifications: list[str]) -> str:
    said = gettext("Exam results can be seen: %(series)s, %(qualifications)s")
    return said % {"series": series, "qualifications": ", ".join(qualifications)}


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", gettext("Exam results can be seen"))
    alarm.add("trigger", dt.timedelta())
    return alarm
