"""A centre's candidates as its exams officer sees them: access, credentials, letter, outdated (rules 5 and 12)."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from core.searching import found
from credentials.letters.outdated import outdated_in
from credentials.letters.unprintable import Unprintable, unprintable
from credentials.models import Credentials


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
        return found(search, f"{one.number} {one.name} {one.uci}")


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
