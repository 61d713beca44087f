"""A centre's candidates as its exams officer sees them: access, credentials, letter, outdated."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db.models import Exists, OuterRef

from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from credentials.models import Credentials
from credentials.outdated import outdated_in
from credentials.unprintable import Unprintable, unprintable

# What people type for letters that no accent explains.
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
APOSTROPHES = "'’‘ʼ`´"
NO_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, " "))


@dataclass(frozen=True)
class Line:
    """One candidate. `credentials` is the live login or None; `outdated` says why, [] if it is not."""

    candidate: Candidate
    has_access: bool
    has_valid_entry: bool
    credentials: Credentials | None
    outdated: list[str]

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
        return not search or found(search, f"{one.number} {one.name} {one.uci}")


def candidates_of(centre: Centre, series: Series, *, search: str = "") -> list[Line]:
    """The candidates whom a search finds, or all, in order of number (a constant number of
    queries)."""
    candidates = with_access(Candidate.objects.filter(centre=centre, series=series)).annotate(
        has_valid_entry=Exists(Entry.objects.valid().filter(candidate=OuterRef("pk")))
    )
    live = {
        one.candidate_id: one
        for one in Credentials.objects.live()
        .filter(candidate__centre=centre, candidate__series=series)
        .only("candidate_id", "letter_file_id", "created_at", "first_signed_in_at")
    }
    outdated = outdated_in(centre, series)
    lines = [
        Line(
            candidate=candidate,
            has_access=candidate.has_access,
            has_valid_entry=candidate.has_valid_entry,
            credentials=live.get(candidate.pk),
            outdated=outdated.get(candidate.pk, []),
        )
        for candidate in candidates.order_by("number")
    ]
    return [line for line in lines if line.is_found_by(search)]


def found(search: str, text: str) -> bool:
    """Every word of the search is in the text, in whatever order, any script, whatever the accents;
    what stands before an apostrophe is a word of its own, so that “o'briain” finds Ó BRIAIN too."""
    plain = _plain(text)
    return all(word in plain for word in _words(search))


@lru_cache(maxsize=1)
def _words(search: str) -> list[str]:
    """Folded once for all lines of a list."""
    return _plain(search.translate(NO_APOSTROPHES)).split()


def _plain(text: str) -> str:
    """Without case, accents and punctuation, so that “nunez d'arcy” finds NÚÑEZ: D’Arcy."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    kept = (one for one in letters if unicodedata.category(one) != "Mn" and one not in APOSTROPHES)
    return "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in kept)
