"""The candidates, logins and letters of many centres, counted in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from centres.models import Candidate, Centre, Entry, Series
from centres.status import has_access
from centres.terms import Terms
from credentials.letters.outdated import live_in_files
from credentials.models import Credentials, LetterDownload, LetterFile

MADE = (LetterFile.State.READY, LetterFile.State.FAILED)  # half-way: its letters are good


@dataclass(frozen=True)
class Letters:
    """Counts of one centre's candidates and letters.

    `entered`: with a valid entry; `with_access`: those of them who can have a letter; `without`:
    those of these who have no login. `live`: logins that work, on letters of whatever file;
    `downloaded`: how many of those are in files that somebody has downloaded since they were made;
    `not_downloaded`: how many are still to be.
    """

    entered: int = 0
    with_access: int = 0
    without: int = 0
    live: int = 0
    outdated: int = 0
    downloaded: int = 0
    not_downloaded: int = 0

    @property
    def made(self) -> int:
        return self.with_access - self.without


def letters_of(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> dict[int, Letters]:
    """Centre's primary key -> its counts (three queries)."""
    candidates = _candidates(centres, series, terms)
    logins = _logins(centres, series, terms)
    return {pk: Letters(**candidates[pk], **logins[pk]) for pk in terms}


def with_facts(centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]) -> QuerySet:
    """The candidates of many centres, with `has_access`, `has_entry` and `has_login`; joined is
    `working`, the login that works, of which there is one at most.

    The centres' terms are known here, so the database need not find them for each candidate anew.
    """
    given = [pk for pk, of_centre in terms.items() if of_centre.access]
    valid = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    return (
        Candidate.objects.filter(centre__in=centres, series=series)
        .annotate(
            terms_access=Case(When(centre__in=given, then=True), default=Value(False)),
            working=FilteredRelation("credentials", condition=Q(credentials__revoked_at=None)),
        )
        .annotate(
            has_access=has_access(),
            has_entry=Exists(valid),
            has_login=Case(When(working__isnull=False, then=True), default=Value(False)),
        )
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


def _logins(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> Mapping[int, dict[str, int]]:
    """Centre's primary key -> `live`, `outdated`, `downloaded` and `not_downloaded`."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for file in working_files(centres, series, terms):
        counts[file.centre]["live"] += file.live
        counts[file.centre]["outdated"] += file.outdated
        counts[file.centre]["downloaded"] += file.live if file.downloaded else 0
        counts[file.centre]["not_downloaded"] += file.not_downloaded
    return counts


@dataclass(frozen=True)
class WorkingFile:
    """A letter file with how many of its logins work, and how many of the letters on those are outdated.
    `downloaded`: somebody has downloaded it since it was made; `to_download`: nobody has, and it can be."""

    centre: int  # primary key
    live: int
    outdated: int
    downloaded: bool
    to_download: bool

    @property
    def not_downloaded(self) -> int:
        """How many of its letters are to be downloaded. Outdated ones are not, for they are to be re-created."""
        return self.live - self.outdated if self.to_download else 0


def working_files(
    centres: QuerySet[Centre], series: Series, terms: Mapping[int, Terms]
) -> list[WorkingFile]:
    """The letter files in which a login works (two queries)."""
    live = live_in_files(centres, series, terms)
    files = LetterFile.objects.filter(centre__in=centres, series=series).order_by()
    last = downloaded_at("pk", "finished_at")
    found = []
    for pk, state, at in files.values_list("pk", "state", last):
        if pk not in live:
            continue
        of_file = live[pk]
        downloaded = at is not None and at >= of_file.newest
        to_download = state in MADE and not downloaded
        found.append(
            WorkingFile(of_file.centre, of_file.letters, of_file.outdated, downloaded, to_download)
        )
    return found


def downloaded_at(file: str, finished_at: str) -> Subquery:
    """When the whole of a letter file was downloaded last since it was finished, or None. Named is how
    the rows call the file, and when it was finished."""
    whole = LetterDownload.objects.filter(letter_file=OuterRef(file), whole=True)
    since = whole.filter(at__gte=Coalesce(OuterRef(finished_at), "at"))
    return Subquery(since.order_by("-at").values("at")[:1])


def with_letters(series: Series) -> QuerySet[Centre]:
    """The centres with a letter in the series whose login works."""
    live = Credentials.objects.live().filter(
        candidate__series=series, candidate__centre=OuterRef("pk")
    )
    return Centre.objects.filter(Exists(live))
