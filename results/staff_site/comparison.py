"""*Compare with*: the same syllabuses a year before, at the main centre, or at all Associate Centres.

Compared is only what this person may open anyway: each choice is of centres for which they may look at entries
and results (rules 2 and 13), and every entry of it passes the staff's gate by itself (`tallies_of`), so that a
comparison counts no grade that its reader may not see there; held and missing count alike, as none (rule 19). Staff of
an Associate Centre are thus offered no other centre. Fewer than LEAST grades on one side are not compared.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from centres.access import ActingFor, associates_of, series_for
from centres.models import Centre, Entry, Series
from results.staff_site.filters import Scope
from results.staff_site.shares import LEAST
from results.staff_site.tallies import Counts, Tally, counted, tallies_of

YEAR_BEFORE, MAIN, ASSOCIATES = "year-before", "main", "associates"


@dataclass(frozen=True)
class Choice:
    """With what can be compared: as the address says it, as people read it, behind “on” too, and of whom and when it
    is."""

    value: str
    label: str
    on: str
    series: Series
    centres: QuerySet[Centre]


@dataclass(frozen=True)
class Comparison:
    """`ours` and `theirs`: of the syllabuses that both have. `shared` of `all_codes` syllabuses are."""

    choice: Choice
    ours: Counts
    theirs: Counts
    shared: int
    all_codes: int

    @property
    def is_enough(self) -> bool:
        return min(self.ours.graded, self.theirs.graded) >= LEAST


def choices_for(acting: ActingFor) -> list[Choice]:
    """What this person may compare this centre with (at most two queries)."""
    own = Centre.objects.filter(pk=acting.centre.pk)
    found = []
    home = Centre.objects.filter(pk=acting.home.pk)
    before = series_for(home).filter(year=acting.series.year - 1, month=acting.series.month).first()
    if before:
        found.append(Choice(YEAR_BEFORE, f"{before}, this centre", str(before), before, own))
    if acting.acts_for_associate:
        label = f"Main centre {acting.home.number}"
        found.append(Choice(MAIN, label, acting.home.number, acting.series, home))
    associates = associates_of(acting.home)
    if associates.exists():
        label = "All Associate Centres"
        found.append(Choice(ASSOCIATES, label, "Associate Centres", acting.series, associates))
    return found


def compare(
    scope: Scope, choice: Choice, *, acting: ActingFor, at: dt.datetime | None = None
) -> Comparison:
    """What is shown beside what `choice` has of the same syllabuses, and options where one is chosen
    (one query)."""
    entries = Entry.objects.filter(
        scope.condition, candidate__centre__in=choice.centres, candidate__series=choice.series
    )
    theirs = tallies_of(entries, user=acting.user, at=at)
    codes = {_key(one) for one in scope.tallies}
    shared = codes & {_key(one) for one in theirs}
    return Comparison(
        choice,
        counted(one for one in scope.tallies if _key(one) in shared),
        counted(one for one in theirs if _key(one) in shared),
        shared=len(shared),
        all_codes=len(codes),
    )


def _key(one: Tally) -> tuple[str, str]:
    """A syllabus is the same by its code; its qualification says which grades there are."""
    return one.qualification, one.code
