"""Outdated letters, and why: what they print differs from what holds now (rule 12).

Nothing is flagged. Credentials keep what their letter says; whether that still holds is found by
comparing, so a delay that was changed and changed back leaves the letters as good as they were.

A name that was corrected is the same person's still (rule 22): the letter is outdated, the login lives.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
)

from centres.access_changes import AccessChange, AtStake
from centres.models import Centre, Entry, Series
from centres.terms import Terms, terms_for_all
from core.dates import HasZone, local, utc
from credentials.models import Credentials

TermsOf = Mapping[int, Terms]  # by the centre's primary key


def says(terms: Terms, qualifications: Iterable[str]) -> dict[str, Any]:
    """What a letter under these terms says to a candidate of these qualifications, ready for JSON.

    Times to the second, in UTC; a qualification without a release has none yet.
    """
    contact = terms.contact
    return {
        "contact": {
            "name": contact.name,
            "telephone": contact.telephone,
            "email": contact.email,
        },
        "visible_from": {
            name: terms.visible_from[name].astimezone(dt.UTC).isoformat(timespec="seconds")
            for name in sorted(set(qualifications))
            if name in terms.visible_from
        },
    }


def printed(number: str, name: str, centre: str) -> dict[str, str]:
    """Whom a letter names: candidate's number and name, and the centre's name."""
    return {"printed_number": number, "printed_name": name, "printed_centre": centre}


NAMED = {  # what a letter prints of names -> what holds now, and why the letter is outdated
    "printed_number": ("candidate__number", "The candidate number has changed."),
    "printed_name": ("candidate__name", "The candidate’s name was corrected."),
    "printed_centre": ("candidate__centre__name", "The centre’s name has changed."),
}

IN_SHORT = {  # how a reason begins -> what the letter has
    "The letter gives": "old time",
    "The contact": "old contact",
    "number has": "old number",
    "candidate’s name": "old name",
    "centre’s name": "old name of the centre",
}


def reasons(
    said: Mapping[str, Any], holds: Mapping[str, Any], clock: HasZone | None = None
) -> list[str]:
    """Why a letter that said this is outdated when that holds; [] when it is not. Times are by the
    clock of a centre, as everything else on its pages, or in UTC."""
    printed, now = said["visible_from"], holds["visible_from"]
    found = [
        _time_reason(name, _time(printed.get(name), clock), _time(now.get(name), clock))
        for name in sorted({*printed, *now})
        if printed.get(name) != now.get(name)
    ]
    if said["contact"] != holds["contact"]:
        found.append("The contact has changed.")
    return found


def outdated_in(centre: Centre, series: Series) -> dict[int, list[str]]:
    """Candidate's primary key -> reasons, of candidates with an outdated letter (three queries)."""
    return _found(Centre.objects.filter(pk=centre.pk), series, centre)


def outdated_among(centres: QuerySet[Centre], series: Series) -> set[int]:
    """The primary keys of candidates of many centres with an outdated letter (three queries)."""
    return set(_found(centres, series, None))


def _found(
    centres: QuerySet[Centre], series: Series, clock: HasZone | None
) -> dict[int, list[str]]:
    terms = terms_for_all(centres, series)
    if not terms:
        return {}
    one = next(iter(terms.values()))
    rows = _live_letters(centres, series, sorted(one.visible_from))
    found: dict[int, list[str]] = {}
    known: dict[str, list[str]] = {}
    for row in rows.values("candidate_id", "candidate__centre_id", "says", *_columns(one)):
        candidate, centre = row.pop("candidate_id"), row["candidate__centre_id"]
        kind = repr(row)  # many letters say the same
        if kind not in known:
            known[kind] = _why(row, terms[centre], clock)
        if known[kind]:
            found[candidate] = known[kind]
    return found


def count_outdated(
    centres: QuerySet[Centre], series: Series, terms: TermsOf | None = None
) -> dict[int, int]:
    """Centre's primary key -> how many outdated letters, 0 included (three queries; one where the
    caller has the centres' `terms` already).

    The database counts letters that say the same to candidates of the same qualifications, so that
    few rows come back however many candidates there are.
    """
    terms = terms or terms_for_all(centres, series)
    counts = dict.fromkeys(terms, 0)
    return counts | _counted(centres, series, terms, "candidate__centre_id")


def tell_outdated(change: AccessChange) -> None:
    """Let this change of access tell how many letters are outdated there now."""
    centres, series = change.centres, change.series
    if centres is not None and series is not None:
        change.outdated = lambda: sum(count_outdated(centres, series).values())


def count_at_stake(series: Series, before: TermsOf, after: TermsOf) -> AtStake:
    """Logins that end and letters that become outdated where terms change like this (two queries)."""
    losing = [pk for pk in after if before[pk].access and not after[pk].access]
    live = Credentials.objects.live().filter(candidate__series=series, candidate__centre__in=losing)
    logins = live.order_by().values_list("candidate__centre_id").annotate(Count("pk"))
    kept = [pk for pk, now in after.items() if now.access and now != before[pk]]
    changed = Centre.objects.filter(pk__in=kept)
    return AtStake(dict(logins), _counted(changed, series, after, "candidate__centre_id", before))


def outdated_in_files(centres: QuerySet[Centre], series: Series) -> Counter[UUID]:
    """Letter file's primary key -> how many outdated letters are in it (three queries)."""
    return _counted(centres, series, terms_for_all(centres, series), "letter_file_id")


@dataclass
class Live:
    """The letters of one file whose login works: how many, how many of them are outdated, and when the newest
    was made. `centre` is a primary key."""

    centre: int
    newest: dt.datetime
    letters: int = 0
    outdated: int = 0


def live_in_files(centres: QuerySet[Centre], series: Series, terms: TermsOf) -> dict[UUID, Live]:
    """Letter file's primary key -> its letters whose login works (one query)."""
    files: dict[UUID, Live] = {}
    for row in _grouped(centres, series, terms, "letter_file_id"):
        centre, newest = row["candidate__centre_id"], row["newest"]
        file = files.setdefault(row["letter_file_id"], Live(centre, newest))
        file.newest = max(file.newest, newest)
        file.letters += row["n"]
        file.outdated += row["n"] if _why(row, terms[centre]) else 0
    return files


def _counted(
    centres: QuerySet[Centre], series: Series, terms: TermsOf, key: str, was: TermsOf | None = None
) -> Counter:
    """Letters that are outdated under these terms, by this column; and were not, as it `was`."""
    counts: Counter = Counter()
    for row in _grouped(centres, series, terms, key):
        pk = row["candidate__centre_id"]
        if _why(row, terms[pk]) and not (was and _why(row, was[pk])):
            counts[row[key]] += row["n"]
    return counts


def _grouped(
    centres: QuerySet[Centre], series: Series, terms: TermsOf, key: str
) -> Iterable[dict[str, Any]]:
    """`n` letters, the `newest` of them made then, that say and print the same; none without terms."""
    if not terms:
        return ()
    one = next(iter(terms.values()))
    rows = _live_letters(centres, series, sorted(one.visible_from))
    grouped = rows.values("candidate__centre_id", key, "says", *_columns(one))
    return grouped.annotate(n=Count("pk"), newest=Max("created_at"))


def _live_letters(centres: QuerySet[Centre], series: Series, qualifications: list[str]) -> QuerySet:
    """Live credentials, with `enters_0`, … : whether the candidate has a valid entry in each."""
    entries = Entry.objects.valid().filter(candidate=OuterRef("candidate"))
    return (
        Credentials.objects.live()
        .filter(candidate__centre__in=centres, candidate__series=series)
        .order_by()
        .annotate(**{f"other_{name}": _differs(name, now) for name, (now, _) in NAMED.items()})
        .annotate(
            **{
                f"enters_{index}": Exists(entries.filter(syllabus__qualification__name=name))
                for index, name in enumerate(qualifications)
            }
        )
    )


def _differs(name: str, now: str) -> ExpressionWrapper:
    """Of letters from before names were kept, nobody knows."""
    return ExpressionWrapper(~Q((name, "")) & ~Q((name, F(now))), BooleanField())


def _columns(terms: Terms) -> Iterator[str]:
    yield from (f"other_{name}" for name in NAMED)
    yield from (f"enters_{index}" for index in range(len(terms.visible_from)))


def _why(row: Mapping[str, Any], terms: Terms, clock: HasZone | None = None) -> list[str]:
    entered = [
        name for index, name in enumerate(sorted(terms.visible_from)) if row[f"enters_{index}"]
    ]
    named = [why for name, (_, why) in NAMED.items() if row[f"other_{name}"]]
    return named + reasons(row["says"], says(terms, entered), clock)


def _time_reason(name: str, printed: str, now: str) -> str:
    if not printed:
        return f"The letter gives no time for {name}; it is now {now}."
    if not now:
        return f"The letter gives {printed} for {name}, which no longer applies."
    return f"The letter gives {printed} for {name}; it is now {now}."


def _time(text: str | None, clock: HasZone | None) -> str:
    if not text:
        return ""
    instant = dt.datetime.fromisoformat(text)
    return local(instant, clock) if clock else utc(instant)
