"""What each Associate Centre has, and what it needs from somebody (rules 7 to 15).

A centre needs access from its main centre first. Once it has that, it may need several things: a contact
to name; its own agreement, with a status other than NO candidates, and after that letters for whoever
has none, new letters for outdated ones, and somebody to download the others whose logins work. Without
a valid entry in the series it needs nothing. What is being made at this moment is not needed any more.
The page shows those that need something, or one thing, or all; below it stands what can be done at those.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import QuerySet

from centres.models import Centre, CentreArrangement, Series, Status
from centres.terms import Terms, terms_for_all
from core.searching import found
from credentials.letters.counts import Letters
from credentials.letters.kept_counts import letters_lately
from credentials.models import LetterFile

EVERYTHING, SOMETHING = "all", "needs-something"


class Need(Enum):
    """What an Associate Centre can need, in the order in which it is done: how the address calls it, and how people
    read it. To give no access is a choice of its main centre, and counted apart."""

    STATUS = ("no-candidates", "Not agreed")
    CONTACT = ("contact-missing", "Contact missing")
    LETTERS = ("letters-not-made", "Letters to make")
    OUTDATED = ("outdated", "Outdated")
    DOWNLOAD = ("not-downloaded", "Not downloaded")
    ACCESS = ("no-access", "No access")

    @property
    def slug(self) -> str:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class CentreNeeds:
    """One Associate Centre in a series. `under_way`: the letter file that is being made now;
    `failed`: whether the last one that was asked for could not be finished."""

    centre: Centre
    terms: Terms
    arrangement: CentreArrangement
    letters: Letters
    under_way: LetterFile | None
    failed: bool
    needs: frozenset[Need]

    def first_of(self, wanted: Need | None) -> Need | None:
        """The one thing to do: what is wanted, if it is needed, else what comes first."""
        return next((need for need in (wanted, *Need) if need in self.needs), None)

    @property
    def needs_something(self) -> bool:
        return bool(self.needs - {Need.ACCESS})

    @property
    def contact_is_missing(self) -> bool:
        return Need.CONTACT in self.needs

    def to_make(self, which: Need) -> int:
        """How many letters are to be made here: new ones, or outdated ones anew."""
        count = self.letters.outdated if which is Need.OUTDATED else self.letters.without
        return count if which in self.needs else 0


def needs_of_associates(
    main: Centre, series: Series, *, at: dt.datetime | None = None
) -> list[CentreNeeds]:
    """Every Associate Centre of a main centre, in order of number (eight queries)."""
    return needs_of(Centre.objects.filter(main_link__main=main), series, at=at)


def needs_of(
    centres: QuerySet[Centre], series: Series, *, at: dt.datetime | None = None
) -> list[CentreNeeds]:
    """The same of these centres, attached ones or not (eight queries).

    The files first: one that becomes ready before its letters are counted would seem to be needed."""
    files = _files(centres, series)
    terms = terms_for_all(centres, series)
    arranged = _arranged(centres, series)
    letters = letters_lately(centres, series, terms, arranged, files)
    opened = series.credentials_open(at)
    rows = []
    for centre in centres.order_by("number"):
        arrangement = arranged.get(centre.pk) or CentreArrangement(centre=centre, series=series)
        own, counts = files[centre.pk], letters[centre.pk]
        under_way = next((file for file in own if file.under_way), None)
        rows.append(
            CentreNeeds(
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
    agreed = status != Status.NONE
    may_ask = agreed and opened and not under_way
    wanting = {
        Need.STATUS: not agreed,
        Need.CONTACT: not terms.contact.complete,
        Need.LETTERS: may_ask and letters.without > 0,
        Need.OUTDATED: may_ask and letters.outdated > 0,
        Need.DOWNLOAD: agreed and letters.not_downloaded > 0,
    }
    return frozenset(need for need, is_needed in wanting.items() if is_needed)


@dataclass(frozen=True)
class Filter:
    """A choice above the table: its name in the address, how people read it, how many it shows."""

    slug: str
    label: str
    count: int


def filters(rows: Collection[CentreNeeds]) -> list[Filter]:
    counts = Counter(need for row in rows for need in row.needs)
    return [
        Filter(SOMETHING, "Needs something", sum(row.needs_something for row in rows)),
        *(Filter(need.slug, need.label, counts[need]) for need in Need),
        Filter(EVERYTHING, "All", len(rows)),
    ]


def shown(rows: Iterable[CentreNeeds], slug: str) -> list[CentreNeeds]:
    """Those that a filter shows; a name that there is not stands for what needs something."""
    if slug == EVERYTHING:
        return list(rows)
    wanted = need_of(slug)
    return [row for row in rows if (wanted in row.needs if wanted else row.needs_something)]


def need_of(slug: str) -> Need | None:
    """The one thing of a filter; none, where it shows several."""
    return next((need for need in Need if need.slug == slug), None)


def searched(rows: Collection[CentreNeeds], search: str) -> list[CentreNeeds]:
    """Those whose number or name holds every word of the search."""
    return [row for row in rows if found(search, f"{row.centre.number} {row.centre.name}")]


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
