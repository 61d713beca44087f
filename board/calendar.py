"""The calendar of series and releases: when credentials open, staff see results, candidates see them.

Days are those of the board's clock. A centre's own delay comes after the candidates' instant.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from board.models import ProposedRelease
from centres.models import Qualification, Release, Series
from core import gate_clock
from core.dates import board_clock, board_time, utc
from results.holds import release_is_held

OPENS, STAFF, CANDIDATES = "opens", "staff", "candidates"
WORDS = {
    OPENS: "Credentials can be created",
    STAFF: "Staff see results in confidence",
    CANDIDATES: "Candidates see results",
}
WEEKDAYS = [day[:2] for day in calendar.day_name]


@dataclass(frozen=True)
class Event:
    """One instant of a series. `proposed`: it waits for a second person."""

    at: dt.datetime
    what: str
    series: Series
    qualification: Qualification | None = None
    held: bool = False
    proposal: ProposedRelease | None = None

    @property
    def words(self) -> str:
        return WORDS[self.what]

    @property
    def day(self) -> dt.date:
        return self.at.astimezone(board_clock().zone).date()

    @property
    def local(self) -> str:
        return board_time(self.at)

    @property
    def utc(self) -> str:
        return utc(self.at)


@dataclass(frozen=True)
class Entry:
    """An event in the list, and whether it is past, the next one, or later."""

    event: Event
    past: bool
    next: bool


@dataclass(frozen=True)
class Day:
    """A day of a month as it is drawn; a number of 0 is a day of another month."""

    number: int
    kinds: tuple[str, ...] = ()
    today: bool = False


@dataclass(frozen=True)
class Month:
    name: str
    weeks: list[list[Day]]


@dataclass(frozen=True)
class Year:
    number: int
    months: list[Month]
    entries: list[Entry]
    before: int | None
    after: int | None


def events() -> list[Event]:
    """Every instant of every series, earliest first (three queries)."""
    found = [Event(one.credentials_open_at, OPENS, one) for one in Series.objects.all()]
    held = release_is_held()
    releases = Release.objects.select_related("series", "qualification").annotate(held=held)
    for release in releases:
        found += _instants(release, held=release.held)
    proposals = ProposedRelease.objects.waiting().select_related("series", "qualification")
    for proposal in proposals:
        found += _instants(proposal, proposal=proposal)
    return sorted(found, key=lambda one: (one.at, str(one.qualification or "")))


def _instants(
    one: Release | ProposedRelease, *, held: bool = False, proposal: ProposedRelease | None = None
) -> list[Event]:
    instants = [(one.staff_at, STAFF), (one.candidates_at, CANDIDATES)]
    return [
        Event(at, what, one.series, one.qualification, held, proposal)
        for at, what in instants
        if at
    ]


def next_release(among: Iterable[Event], at: dt.datetime) -> Event | None:
    """The first instant yet to come at which candidates see results."""
    ahead = (one for one in among if one.what == CANDIDATES and not one.proposal and one.at > at)
    return min(ahead, key=lambda one: one.at, default=None)


def year_of(number: int | None = None, *, at: dt.datetime | None = None) -> Year:
    """One year of the calendar; unless told which, the one that runs (four queries)."""
    at = at or gate_clock.now()
    today = at.astimezone(board_clock().zone).date()
    number = number or today.year
    found = events()
    years = {one.day.year for one in found} | {today.year}
    ahead = [one for one in found if one.at > at and not one.proposal]
    coming = ahead[0].at if ahead else None
    shown = [one for one in found if one.day.year == number]
    return Year(
        number=number,
        months=_months(number, shown, today),
        entries=[Entry(one, one.at <= at, one.at == coming) for one in shown],
        before=max((year for year in years if year < number), default=None),
        after=min((year for year in years if year > number), default=None),
    )


def _months(year: int, shown: list[Event], today: dt.date) -> list[Month]:
    kinds: dict[dt.date, set[str]] = defaultdict(set)
    for one in shown:
        kinds[one.day].add(one.what)
    months = []
    for month in range(1, 13):
        weeks = calendar.Calendar().monthdatescalendar(year, month)
        drawn = [
            [
                Day(day.day, tuple(sorted(kinds[day])), day == today)
                if day.month == month
                else Day(0)
                for day in week
            ]
            for week in weeks
        ]
        months.append(Month(calendar.month_name[month], drawn))
    return months
