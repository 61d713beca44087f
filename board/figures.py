"""Figures of the board's Home that cost more than a page may: fetched after it, and kept for a minute.

How much of the present series is loaded, how many of its candidates have a login, how many letters are outdated;
and how the service is. They are counts and states, never a grade.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef

from board import service_state
from board.calendar import Event
from board.service_check import GOOD, Check
from centres.models import Candidate, Entry, Series
from credentials.letters.counts import with_letters
from credentials.letters.outdated import count_outdated
from credentials.models import Credentials
from results.missing.missing import releases_at_hand
from results.staff_release import NOT_STORED
from sealed import missing

KEPT = 60  # seconds
STATE = "board:state"


def present_series(coming: Event | None, at: dt.datetime) -> Series | None:
    """The one whose release is next; else the one that was released last; else the newest."""
    if coming:
        return coming.series
    last = releases_at_hand(at).select_related("series").order_by("-candidates_at").first()
    return last.series if last else Series.objects.first()


def known(series: Series) -> dict[str, Any] | None:
    """What was counted less than a minute ago."""
    return cache.get(_key(series))


def counted(series: Series) -> dict[str, Any]:
    return _kept(_key(series), lambda: _count(series))


@dataclass(frozen=True)
class Lacking:
    """A release at hand (`results.missing`): of which entries it has how many without a result."""

    release: str
    series: str  # its slug
    candidates_at: dt.datetime
    has_entries: bool
    missing: int
    has_come: bool


@dataclass(frozen=True)
class Service:
    """How the service is, and what is missing."""

    checks: list[Check]
    lacking: list[Lacking]

    @property
    def worries(self) -> list[Check]:
        return [one for one in self.checks if one.state != GOOD]

    @property
    def without_results(self) -> list[Lacking]:
        return [one for one in self.lacking if one.missing]

    @property
    def well(self) -> int:
        return len(self.checks) - len(self.worries)


def known_service() -> Service | None:
    found = cache.get(STATE)
    return _service(found) if found else None


def service(at: dt.datetime) -> Service:
    """Every part of it, as it was less than a minute ago."""

    def look() -> dict[str, list[Any]]:
        lacking = missing.of_releases(at)
        checks = service_state.state(at=at, lacking=lacking)
        return {
            "checks": [(one.name, one.state, one.words) for one in checks],
            "lacking": [
                (
                    f"{one.release.qualification}, {one.release.series}",
                    one.release.series.slug,
                    one.release.candidates_at,
                    one.has_entries,
                    one.missing,
                    one.has_come,
                )
                for one in lacking
            ],
        }

    return _service(_kept(STATE, look))


def known_worries() -> int:
    """How many parts of the service need a look, as far as that is known."""
    found = known_service()
    return len(found.worries) if found else 0


def _service(found: dict[str, list[Any]]) -> Service:
    return Service(
        [Check(*one) for one in found["checks"]], [Lacking(*one) for one in found["lacking"]]
    )


def _key(series: Series) -> str:
    return f"board:figures:{series.slug}"


def _kept(key: str, find: Callable[[], Any]) -> Any:
    found = cache.get(key)
    if found is None:
        found = find()
        cache.set(key, found, KEPT)
    return found


def _count(series: Series) -> dict[str, Any]:
    entries = Entry.objects.valid().filter(candidate__series=series)
    loaded = entries.aggregate(entries=Count("pk"), missing=Count("pk", filter=NOT_STORED))
    if (sealed := missing.by_syllabus(series)) is not None:
        loaded["missing"] = sum(one["missing"] for one in sealed)
    valid = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    outdated = [many for many in count_outdated(with_letters(series), series).values() if many]
    return {
        **loaded,
        "loaded": loaded["entries"] - loaded["missing"],
        "sealed": sealed is not None,
        "candidates": Candidate.objects.filter(Exists(valid), series=series).count(),
        "logins": Credentials.objects.live().filter(candidate__series=series).count(),
        "outdated": sum(outdated),
        "centres": len(outdated),
    }
