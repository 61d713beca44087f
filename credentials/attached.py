"""The state of each Associate Centre at a glance, and what it needs from somebody (rules 7 to 15).

A centre needs the first of these that it has not: access from its main centre; its own agreement,
with a status other than NO candidates. Once it has both, it may need several things: a contact to
name, letters for whoever has none, new letters for outdated ones, and somebody to download letters
whose logins work. Without a valid entry in the series it needs nothing. What is being made at this
moment is not needed any more.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import Case, Count, Exists, Max, OuterRef, QuerySet, Value, When

from centres.models import (
    AuditEvent,
    Candidate,
    Centre,
    CentreArrangement,
    ContactChoice,
    Entry,
    Series,
    Status,
)
from centres.status import has_access
from centres.terms import Terms, terms_for_all
from credentials.models import Credentials, LetterFile
from credentials.outdated import count_outdated


class Need(Enum):
    """What an Associate Centre can need: how the address calls it, and how people read it."""

    ACCESS = ("no-access", "No access given")
    STATUS = ("no-candidates", "NO candidates, or not agreed")
    CONTACT = ("contact-missing", "Contact missing")
    LETTERS = ("letters-not-made", "Letters not made")
    OUTDATED = ("outdated", "Letters outdated")
    DOWNLOAD = ("not-downloaded", "Not downloaded")

    @property
    def slug(self) -> str:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Letters:
    """Counts of one centre's candidates and letters.

    `entered`: with a valid entry; `with_access`: those of them who can have a letter; `without`:
    those of these who have no login. `live`: logins that work, on letters of whatever file;
    `waiting`: how many of those are in files that nobody has downloaded since they were made.
    """

    entered: int = 0
    with_access: int = 0
    without: int = 0
    live: int = 0
    outdated: int = 0
    waiting: int = 0

    @property
    def made(self) -> int:
        return self.with_access - self.without


@dataclass(frozen=True)
class Attached:
    """One Associate Centre in a series. `under_way`: the letter file that is being made now;
    `failed`: whether the last one that was asked for could not be finished."""

    centre: Centre
    terms: Terms
    arrangement: CentreArrangement
    letters: Letters
    under_way: LetterFile | None
    failed: bool
    needs: frozenset[Need]

    @property
    def contact_is_own(self) -> bool:
        return self.terms.contact_choice == ContactChoice.CENTRE_DEFINED


def attached_to(main: Centre, series: Series, *, at: dt.datetime | None = None) -> list[Attached]:
    """Every Associate Centre of a main centre, in order of number (nine queries)."""
    centres = Centre.objects.filter(main_link__main=main)
    terms = terms_for_all(centres, series)
    arranged = _arranged(centres, series)
    letters = _letters(centres, series, terms)
    files = _files(centres, series)
    opened = series.credentials_open(at)
    rows = []
    for centre in centres.order_by("number"):
        arrangement = arranged.get(centre.pk) or CentreArrangement(centre=centre, series=series)
        own, counts = files[centre.pk], letters[centre.pk]
        under_way = next((file for file in own if file.under_way), None)
        rows.append(
            Attached(
                centre=centre,
                terms=terms[centre.pk],
                arrangement=arrangement,
                letters=counts,
                under_way=under_way,
                failed=bool(own) and own[-1].state == LetterFile.State.FAILED,
                needs=needs(
                    terms[centre.pk],
                    arrangement.status,
                    counts,
                    opened=opened,
                    under_way=under_way is not None,
                ),
            )
        )
    return rows


def needs(
    terms: Terms, status: str, letters: Letters, *, opened: bool = True, under_way: bool = False
) -> frozenset[Need]:
    """What a centre of these needs. `opened`: credentials can be created in the series."""
    if not letters.entered:
        return frozenset()
    if not terms.access:
        return frozenset({Need.ACCESS})
    if status == Status.NONE:
        return frozenset({Need.STATUS})
    may_ask = opened and not under_way
    found = {
        Need.CONTACT: not terms.contact.complete,
        Need.LETTERS: may_ask and letters.without > 0,
        Need.OUTDATED: may_ask and letters.outdated > 0,
        Need.DOWNLOAD: letters.waiting > 0,
    }
    return frozenset(need for need, is_needed in found.items() if is_needed)


def _arranged(centres: QuerySet[Centre], series: Series) -> dict[int, CentreArrangement]:
    rows = CentreArrangement.objects.filter(centre__in=centres, series=series)
    return {row.centre_id: row for row in rows.defer("agreed_wording")}


def _files(centres: QuerySet[Centre], series: Series) -> Mapping[int, list[LetterFile]]:
    """Centre's primary key -> its letter files, oldest first."""
    files: dict[int, list[LetterFile]] = defaultdict(list)
    rows = LetterFile.objects.filter(centre__in=centres, series=series)
    for file in rows.only("centre_id", "state", "done", "total").order_by("asked_at"):
        files[file.centre_id].append(file)
    return files


def _letters(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> dict[int, Letters]:
    candidates = _candidates(centres, series, terms)
    live, waiting = _logins(centres, series)
    outdated = count_outdated(centres, series, terms)
    return {
        pk: Letters(
            **candidates[pk], live=live[pk], outdated=outdated.get(pk, 0), waiting=waiting[pk]
        )
        for pk in terms
    }


def with_facts(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> QuerySet[Candidate]:
    """The candidates of many centres, with `has_access`, `has_entry` and `has_login`.

    The centres' terms are known here, so the database need not find them for each candidate anew.
    """
    given = [pk for pk, of_centre in terms.items() if of_centre.access]
    valid = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    live = Credentials.objects.live().filter(candidate=OuterRef("pk"))
    return (
        Candidate.objects.filter(centre__in=centres, series=series)
        .annotate(terms_access=Case(When(centre__in=given, then=True), default=Value(False)))
        .annotate(has_access=has_access(), has_entry=Exists(valid), has_login=Exists(live))
    )


def _candidates(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> Mapping[int, dict[str, int]]:
    """Centre's primary key -> `entered`, `with_access` and `without`."""
    rows = with_facts(centres, series, terms).filter(has_entry=True).order_by()
    counts: dict[int, Counter[str]] = defaultdict(
        lambda: Counter(entered=0, with_access=0, without=0)
    )
    grouped = rows.values_list("centre_id", "has_access", "has_login").annotate(Count("pk"))
    for pk, access, login, count in grouped:
        counts[pk]["entered"] += count
        counts[pk]["with_access"] += count if access else 0
        counts[pk]["without"] += count if access and not login else 0
    return counts


def _logins(centres: QuerySet[Centre], series: Series) -> tuple[Counter[int], Counter[int]]:
    """How many logins of each centre work, and how many of those wait to be downloaded."""
    live: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    rows = Credentials.objects.live().filter(
        candidate__centre__in=centres, candidate__series=series
    )
    files = list(
        rows.order_by()
        .values_list("letter_file_id", "candidate__centre_id")
        .annotate(Count("pk"), Max("created_at"))
    )
    downloaded = last_downloads(centres, series)
    for file, centre, count, made_at in files:
        live[centre] += count
        taken_at = downloaded.get(f"Letter file {file}")
        if taken_at is None or taken_at < made_at:
            waiting[centre] += count
    return live, waiting


def last_downloads(centres: QuerySet[Centre], series: Series) -> dict[str, dt.datetime]:
    """“Letter file …”, as the audit trail names it -> when it was downloaded last (one query)."""
    events = AuditEvent.objects.filter(
        action="letters_downloaded", series=str(series), centre__in=centres.values("number")
    )
    return dict(events.order_by().values_list("subject").annotate(Max("at")))


# --- What the page shows of them ------------------------------------------------------------------

EVERYTHING, SOMETHING = "all", "needs-something"


@dataclass(frozen=True)
class Filter:
    """A choice above the table: its name in the address, how people read it, how many it shows."""

    slug: str
    label: str
    count: int


def filters(rows: Collection[Attached]) -> list[Filter]:
    counts = Counter(need for row in rows for need in row.needs)
    return [
        Filter(SOMETHING, "Needs something", sum(bool(row.needs) for row in rows)),
        *(Filter(need.slug, need.label, counts[need]) for need in Need),
        Filter(EVERYTHING, "All", len(rows)),
    ]


def shown(rows: Iterable[Attached], slug: str) -> list[Attached]:
    """Those that a filter shows; a name that there is not stands for what needs something."""
    if slug == EVERYTHING:
        return list(rows)
    wanted = {need for need in Need if need.slug == slug} or set(Need)
    return [row for row in rows if row.needs & wanted]
