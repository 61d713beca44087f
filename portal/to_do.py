"""What there is to do at *Administer exams* for somebody, by series and centre.

What candidates wait for is known in `overview.to_do`, what changed in `results.changes.changes`;
what is missing in `results.missing.missing`; here it is put into words, each with the way to where it is done. Told of
are the series for which credentials can be created, until letters of them are kept no longer. Who may not
manage the results service is told of results alone.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from centres import access
from centres.models import Centre, Entry, Release, Series
from centres.release_moments import Moment, moment
from centres.terms import terms_of, visible_from
from core.gate_clock import gate_time
from credentials.associates.needs import CentreNeeds, needs_of
from overview import to_do
from overview.to_do import to_do_at_attached, to_do_at_own
from results.changes.changes import new_changes
from results.exports.selection import Selection
from results.missing import missing


@dataclass(frozen=True)
class ToDo:
    """One thing to look at or to do: what it is, under which icon, what to do and where."""

    words: str
    icon: str
    action: str
    address: str
    series: Series
    centre: str


@dataclass(frozen=True)
class NextRelease:
    """What is released together, and when staff and when candidates see it: with the delay of `centre`, and
    in how many days."""

    series: Series
    centre: Centre
    qualifications: list[str]
    staff: Moment
    in_confidence: bool
    candidates: Moment
    delay: dt.timedelta
    days: int


def to_do_for(
    user: User, homes: Collection[Centre], *, at: dt.datetime | None = None
) -> list[ToDo]:
    """All of it, the newest series first (two queries, and for each series at hand twelve to seventeen,
    however many Associate Centres there are)."""
    at = at or timezone.now()
    if not homes:
        return []
    managed = {home.pk for home in access.managed_homes(user)}
    return [
        one
        for series, last_release in _at_hand(homes, at)
        for one in (
            *_letters(
                user, managed, series, ahead=last_release is None or last_release > at, at=at
            ),
            *_changes(user, homes, series, at),
            *_missing(user, homes, series, at),
        )
    ]


def next_releases(
    user: User, homes: Collection[Centre], *, at: dt.datetime | None = None
) -> list[NextRelease]:
    """The next two of what candidates of the own and the attached centres are entered for, by the clock and
    the delay of the first of the own centres (one query)."""
    at = at or timezone.now()
    if not homes:
        return []
    centre = next(iter(homes))
    entered = Entry.objects.valid().filter(
        candidate__series=OuterRef("series"),
        syllabus__qualification=OuterRef("qualification"),
        candidate__centre__in=access.viewed_centres(user).order_by().values("pk"),
    )
    delay = terms_of(centre, OuterRef("series"))["terms_delay"]
    confided = Exists(access.confided_centres(user).filter(pk=centre.pk))
    rows = (
        Release.objects.annotate(terms_delay=delay, confided=confided)
        .annotate(seen_at=visible_from())
        .filter(Exists(entered), seen_at__gt=gate_time(at))
        .select_related("series", "qualification")
        .order_by("seen_at", "qualification__name")
    )
    together: dict[tuple, list] = {}
    for row in rows:
        together.setdefault((row.series_id, row.seen_at, row.staff_at), []).append(row)
    return [_released(released, centre, at) for released in list(together.values())[:2]]


def _released(rows: list, centre: Centre, at: dt.datetime) -> NextRelease:
    first, names = rows[0], [row.qualification.name for row in rows]
    in_confidence = first.staff_at if first.confided else None
    return NextRelease(
        series=first.series,
        centre=centre,
        qualifications=names,
        staff=moment(in_confidence or first.candidates_at, names, centre),
        in_confidence=in_confidence is not None,
        candidates=moment(first.seen_at, names, centre),
        delay=first.terms_delay,
        days=(_day(first.seen_at, centre) - _day(at, centre)).days,
    )


def _day(at: dt.datetime, centre: Centre) -> dt.date:
    return at.astimezone(centre.zone).date()


def _at_hand(
    homes: Collection[Centre], at: dt.datetime
) -> Iterator[tuple[Series, dt.datetime | None]]:
    """The series that somebody works on now, and the last release of each."""
    chosen = access.series_for(Centre.objects.filter(pk__in=[home.pk for home in homes]))
    for series in chosen.prefetch_related("releases"):
        last = max((release.candidates_at for release in series.releases.all()), default=None)
        if series.credentials_open(at) and (last is None or last + settings.LETTER_RETENTION > at):
            yield series, last


def _letters(
    user: User, managed: set[int], series: Series, *, ahead: bool, at: dt.datetime
) -> Iterator[ToDo]:
    """`ahead`: not all of it is released. Who gave nobody access until then does not mean to."""
    if not managed:
        return
    centres: QuerySet[Centre] = access.managed_centres(user).select_related("main_link__main")
    attached: dict[str, list[CentreNeeds]] = {}
    for one in needs_of(centres, series, at=at):
        if one.centre.pk in managed:
            yield from _said(to_do_at_own(one, series, ahead=ahead), series)
        else:
            attached.setdefault(one.centre.main_link.main.number, []).append(one)
    for main, rows in sorted(attached.items()):
        # Whom to give access, and who agrees, is for Overview to say: it is a choice until results are out.
        waiting = to_do_at_attached(rows, main, series, ahead=False, decided=True)
        yield from _said(waiting, series)


def _said(waiting: Iterable[to_do.ToDo], series: Series) -> Iterator[ToDo]:
    for one in waiting:
        yield ToDo(one.words, one.icon, one.action, one.address, series, one.centre)


def _changes(
    user: User, homes: Collection[Centre], series: Series, at: dt.datetime
) -> Iterator[ToDo]:
    for number, changed in sorted(new_changes(user, homes, series, at=at).items()):
        address = reverse("results:changes", args=[series.slug, number])
        words = f"{_many(changed.results, 'result has', 'results have')} changed"
        words += ", or more" if changed.or_more else ""
        action = f"See {_many(changed.results, 'change', 'changes')}"
        yield ToDo(words, "refresh", action, address, series, number)


def _missing(
    user: User, homes: Collection[Centre], series: Series, at: dt.datetime
) -> Iterator[ToDo]:
    """Of what this person sees by now: before it, whoever has to load them is at it."""
    for home in homes:
        entries = Selection(user, home, series, together=True).entries
        of_it = missing.open_to(user, entries, at=at).filter(withdrawn=False)
        if many := of_it.filter(missing.NOT_SHOWN).count():
            address = reverse("results:missing", args=[series.slug, home.number])
            words = f"{_many(many, 'entry has', 'entries have')} no result to show"
            action = f"See {_many(many, 'entry', 'entries')}"
            yield ToDo(words, "exclaim", action, address, series, home.number)


def _many(many: int, one: str, more: str) -> str:
    return f"{many} {one if many == 1 else more}"
