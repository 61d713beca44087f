"""Gates before the grades, and files (rule 26): what opens a gate before the grades is applied by somebody
else than the person who gave the file.

That is: when results are released; results that come or change once staff may see them; who a candidate with
results is, in this series or, by the UCI, in another (rule 23); whose a candidate number is; a withdrawn entry
with a result that is valid again; which main centre a centre has, and which qualification a syllabus has; what
an account that can sign in may do, and where its links are mailed. One person alone may apply the rest: new
results before staff may see them, new candidates and entries, new centres, and staff who cannot sign in yet.

Counted inside the load's transaction, a batch after another, when a file is checked and when it is applied.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from centres.models import Centre, Entry, Release, SubcentreLink
from loading.engine.loader import Kind
from loading.kinds.centres import CentresFile
from loading.kinds.entries import EntriesFile
from loading.kinds.results import ResultsFile
from loading.kinds.series import SeriesFile
from loading.kinds.staff import StaffFile
from loading.kinds.syllabuses import SyllabusesFile
from results.models import Result

RELEASES = "releases and dates of series"
RESULTS = "results that staff may see by now"
PERSONS = "names, dates of birth or UCIs of candidates with results"
GIVEN = "candidate numbers given to somebody else"
VALID_AGAIN = "entries with a result that are valid again"
ATTACHED = "centres that get another main centre, or none"
MOVED = "syllabuses that move to another qualification"
ACCOUNTS = "rights or e-mail addresses of accounts that can sign in"


class Gates:
    """Made before the file is loaded; told of every batch, and asked afterwards."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._results: Counter[tuple[int, int]] = Counter()  # series and qualification
        self._links = _links()

    def read(self, kind: Kind) -> None:
        """A batch has been stored."""
        if isinstance(kind, SeriesFile):
            self._found[RELEASES] += _touched(kind.series) + _touched(kind.releases)
        elif isinstance(kind, ResultsFile):
            self._results.update(_of_which(said.key[0] for said in kind.results.touched))
        elif isinstance(kind, EntriesFile):
            persons = {row.pk: said.values["uci"] for row, said in kind.candidates.changed}
            self._found[PERSONS] += _who_see_results(persons)
            again = [row.pk for row, said in kind.entries.changed if _is_valid_again(row, said)]
            self._found[VALID_AGAIN] += _with_results(Q(entry__in=again))
        elif isinstance(kind, SyllabusesFile):
            self._found[MOVED] += sum(
                row.qualification_id != said.values["qualification_id"]
                for row, said in kind.syllabuses.changed
            )
        elif isinstance(kind, StaffFile):
            mailed = [
                row.pk for row, said in kind.users.changed if row.email != said.values["email"]
            ]
            rights = [said.key[0] for said in kind.memberships.touched]
            self._found[ACCOUNTS] += _who_can_sign_in({*mailed, *rights})
        elif not isinstance(kind, CentresFile):
            raise TypeError(f"It is not said what of {kind.name} needs a second person")

    def found(self, kind: Kind, at: dt.datetime) -> dict[str, int]:
        """What it is, and how many."""
        if isinstance(kind, CentresFile):
            now = _links()
            self._found[ATTACHED] = sum(now.get(one) != main for one, main in self._links.items())
        if isinstance(kind, EntriesFile):
            self._found[GIVEN] = sum(kind.candidates.given.values())
        if self._results:
            self._found[RESULTS] = sum(self._results[one] for one in _seen_by_staff(at))
        return {what: count for what, count in self._found.items() if count}


def _touched(storing: object) -> int:
    return len(storing.touched)  # type: ignore[attr-defined]


def _links() -> dict[int, int | None]:
    """Every centre -> its main centre, or None."""
    links = dict(SubcentreLink.objects.values_list("associate_id", "main_id"))
    return {pk: links.get(pk) for pk in Centre.objects.order_by().values_list("pk", flat=True)}


def _of_which(entries: Iterable[int]) -> dict[tuple[int, int], int]:
    """(series, qualification) -> how many of these entries."""
    rows = Entry.objects.filter(pk__in=list(entries)).order_by()
    counted = rows.values_list("candidate__series", "syllabus__qualification").annotate(Count("pk"))
    return {(series, qualification): count for series, qualification, count in counted}


def _seen_by_staff(at: dt.datetime) -> Iterable[tuple[int, int]]:
    """The series and qualifications that staff with the right may see by now."""
    releases = Release.objects.annotate(first=Coalesce("staff_at", "candidates_at")).order_by()
    return releases.filter(first__lte=at).values_list("series_id", "qualification_id")


def _with_results(whose: Q) -> int:
    return Result.objects.filter(whose).order_by().values("entry__candidate").distinct().count()


def _who_see_results(persons: dict[int, str]) -> int:
    """How many of these candidates, each with the UCI that the file gives, have results, or the UCI of
    somebody who has."""
    theirs = Q(entry__candidate__in=persons)
    by_uci = Q(entry__candidate__uci__in={uci for uci in persons.values() if uci})
    found = Result.objects.filter(theirs | by_uci).order_by()
    whose = set(found.values_list("entry__candidate", "entry__candidate__uci"))
    candidates, ucis = {pk for pk, _ in whose}, {uci for _, uci in whose if uci}
    return sum(pk in candidates or uci in ucis for pk, uci in persons.items())


def _is_valid_again(row: object, said: object) -> bool:
    return row.withdrawn and not said.values["withdrawn"]  # type: ignore[attr-defined]


def _who_can_sign_in(users: Iterable[int]) -> int:
    """Those of these who have set a password."""
    found = User.objects.filter(pk__in=users)
    return sum(user.has_usable_password() for user in found.only("password"))
