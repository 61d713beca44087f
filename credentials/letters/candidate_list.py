"""A centre's candidates as its exams officer sees them: access, credentials, letter, outdated (rules 5 and 12)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from centres.access import ActingFor
from centres.listing import Listing, find_candidates
from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from centres.unprintable import Unprintable, unprintable
from core.searching import found, searched_for
from credentials.letters.counts import downloaded_at
from credentials.letters.outdated import IN_SHORT, outdated_among, outdated_in
from credentials.models import Credentials, LetterFile

MOST_FOUND = 50  # by “Find a candidate”
FILTERS = {
    "all": "All",
    "none": "No letter",
    "outdated": "Outdated",
    "not-downloaded": "Not downloaded",
    "never": "Never signed in",
}


@dataclass(frozen=True, eq=False)
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
    def states(self) -> set[str]:
        """Those of FILTERS that show the candidate. An outdated letter is not to be downloaded any more."""
        login = self.credentials
        holds = {
            "all": True,
            "none": self.can_have_letter and not login,
            "outdated": bool(self.outdated),
            "not-downloaded": login and not self.outdated and not self.downloaded_at,
            "never": login and not login.first_signed_in_at,
        }
        return {name for name, so in holds.items() if so}

    @property
    def will(self) -> str:
        """What creating credentials does: “new” a login, or “replaced”; nothing where there can be none."""
        if not self.can_have_letter or self.unprintable:
            return ""
        return "replaced" if self.credentials else "new"

    @property
    def why(self) -> str:
        """What the letter says otherwise, in few words."""
        short = (word for start, word in IN_SHORT.items() for one in self.outdated if start in one)
        return ", ".join(dict.fromkeys(short))

    @cached_property
    def unprintable(self) -> Unprintable | None:
        """What of the name cannot be printed, where there should be a letter."""
        return unprintable(self.candidate) if self.can_have_letter else None

    def is_found_by(self, search: str) -> bool:
        """Whether number, name or UCI hold it, in any script and whatever the accents."""
        one = self.candidate
        return found(search, f"{one.number} {one.name} {one.uci}")


def candidates_of(centre: Centre, series: Series) -> list[Line]:
    """All candidates in order of number (a constant number of queries)."""
    candidates = Candidate.objects.filter(centre=centre, series=series).order_by("number")
    logins = Credentials.objects.filter(candidate__centre=centre, candidate__series=series)
    return _lines(candidates, logins, outdated_in(centre, series))


def listing(centre: Centre, series: Series, asked: QueryDict, *, posted: bool = True) -> Listing:
    """What is asked for of them. A search is posted, so that no name stands in an address."""
    search = searched_for(asked) if posted else ""
    return Listing(candidates_of(centre, series), FILTERS, asked, search)


def found_candidates(acting: ActingFor, search: str) -> list[Line]:
    """Whom a search finds wherever somebody may act, MOST_FOUND at most (a constant number of queries)."""
    candidates = find_candidates(acting, search)
    pks = list(candidates.values_list("pk", flat=True)[:MOST_FOUND])
    those = candidates.filter(pk__in=pks)
    at = Centre.objects.filter(pk__in=those.order_by().values("centre"))
    outdated = {pk: ["It is outdated."] for pk in outdated_among(at, acting.series)}
    return _lines(those, Credentials.objects.filter(candidate__in=pks), outdated)


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
