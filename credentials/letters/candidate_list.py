"""A centre's candidates as its exams officer sees them: access, credentials, letter, outdated (rules 5 and 12)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet

from centres.access import ActingFor, associates_of
from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from centres.unprintable import Unprintable, unprintable
from core.searching import finding, found
from credentials.letters.counts import downloaded_at
from credentials.letters.outdated import outdated_among, outdated_in
from credentials.models import Credentials, LetterFile

MOST_FOUND = 50  # by “Find a candidate”


@dataclass(frozen=True)
class Line:
    """One candidate. `credentials` is the live login or None; `outdated` says why, [] if it is not;
    `downloaded_at`: when the whole of the letter's file was downloaded last."""

    candidate: Candidate
    has_access: bool
    has_valid_entry: bool
    credentials: Credentials | None
    outdated: list[str]
    downloaded_at: dt.datetime | None

    @property
    def can_have_letter(self) -> bool:
        return self.has_access and self.has_valid_entry

    @cached_property
    def unprintable(self) -> Unprintable | None:
        """What of the name cannot be printed, where there should be a letter."""
        return unprintable(self.candidate) if self.can_have_letter else None

    def is_found_by(self, search: str) -> bool:
        """Whether number, name or UCI hold it, in any script and whatever the accents."""
        one = self.candidate
        return found(search, f"{one.number} {one.name} {one.uci}")


def candidates_of(centre: Centre, series: Series, *, search: str = "") -> list[Line]:
    """The candidates whom a search finds, or all, in order of number (a constant number of
    queries)."""
    candidates = Candidate.objects.filter(centre=centre, series=series).order_by("number")
    logins = Credentials.objects.filter(candidate__centre=centre, candidate__series=series)
    lines = _lines(candidates, logins, outdated_in(centre, series))
    return [line for line in lines if line.is_found_by(search)]


def find_candidates(acting: ActingFor, search: str) -> list[Line]:
    """Whom a search finds at the centre for which somebody acts and, for a main centre, at all of its Associate
    Centres, at most MOST_FOUND, in order of centre and number (a constant number of queries)."""
    if not search:
        return []
    centres = Centre.objects.filter(pk=acting.home.pk) | associates_of(acting.home)
    wanted = Candidate.objects.filter(centre__in=centres, series=acting.series)
    by_number = wanted.filter(number=search) if search.isdecimal() and len(search) == 4 else None
    wanted = by_number or wanted.filter(finding(search, "number", "name", "uci"))
    candidates = wanted.select_related("centre").order_by("centre__number", "number")
    pks = list(candidates.values_list("pk", flat=True)[:MOST_FOUND])
    those = Candidate.objects.filter(pk__in=pks)
    at = Centre.objects.filter(pk__in=those.order_by().values("centre"))
    outdated = {pk: ["It is outdated."] for pk in outdated_among(at, acting.series)}
    logins = Credentials.objects.filter(candidate__in=pks)
    return _lines(candidates.filter(pk__in=pks), logins, outdated)


def _lines(
    candidates: QuerySet[Candidate],
    logins: QuerySet[Credentials],
    outdated: Mapping[int, list[str]],
) -> list[Line]:
    live = {
        one.candidate_id: one
        for one in logins.filter(revoked_at=None).only(
            "candidate_id", "letter_file_id", "created_at", "first_signed_in_at"
        )
    }
    files = LetterFile.objects.filter(pk__in={one.letter_file_id for one in live.values()})
    downloaded = dict(files.order_by().values_list("pk", downloaded_at("pk", "finished_at")))
    rows = with_access(candidates).annotate(
        has_valid_entry=Exists(Entry.objects.valid().filter(candidate=OuterRef("pk")))
    )
    found = []
    for candidate in rows:
        login = live.get(candidate.pk)
        last = downloaded.get(login.letter_file_id) if login else None
        found.append(
            Line(
                candidate=candidate,
                has_access=candidate.has_access,
                has_valid_entry=candidate.has_valid_entry,
                credentials=login,
                outdated=outdated.get(candidate.pk, []),
                downloaded_at=last if login and last and last >= login.created_at else None,
            )
        )
    return found
