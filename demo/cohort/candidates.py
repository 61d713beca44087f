"""Made-up candidates with their entries, results and live logins, as after their letters."""

import datetime as dt
import random
import uuid
from collections.abc import Mapping, Sequence

from django.utils import timezone

from centres.models import Candidate, Centre, Entry, Series, Syllabus
from centres.terms import terms_for_all
from credentials.letters.outdated import printed, says
from credentials.logins import secret
from credentials.logins.secret import Secret
from credentials.models import Credentials
from demo.cohort import bulk_insert
from demo.cohort.centres import make_letter_files
from demo.people import GRADES, QUALIFICATION, Person, marks
from results.models import Result

LOGIN = (
    "id",
    "candidate_id",
    "issue_number",
    "pepper_id",
    "digest",
    "letter_file_id",
    "says",
    "created_at",
    *printed("", "", ""),
)


class Cohort:
    """What the candidates of a series have in common, by the number of their centre."""

    def __init__(
        self, series: Series, sizes: Mapping[Centre, int], syllabuses: Sequence[Syllabus]
    ) -> None:
        self.series = series
        released_at = series.releases.earliest("candidates_at").candidates_at
        self.loaded_at = released_at - dt.timedelta(days=7)
        self.syllabuses = [syllabus.pk for syllabus in syllabuses]
        self.centres = {centre.number: centre.pk for centre in sizes}
        self.names = {centre.pk: centre.name for centre in sizes}
        of_centres = Centre.objects.filter(number__in=self.centres)
        terms = terms_for_all(of_centres, series)
        self.says = {pk: says(of_centre, [QUALIFICATION]) for pk, of_centre in terms.items()}
        self.files = make_letter_files(series, ((one.pk, many) for one, many in sizes.items()))


class Batch:
    """Some people; `entered` says for how many syllabuses each."""

    def __init__(
        self, cohort: Cohort, some: list[Person], entered: list[int], dice: random.Random
    ) -> None:
        self.cohort, self.some, self.entered, self.dice = cohort, some, entered, dice
        self.candidates = bulk_insert.reserve(Candidate, len(some))

    def store(self) -> list[Secret]:
        """Write them all. Returns their logins."""
        self._store_candidates()
        self._store_results()
        return self._store_logins()

    def _store_candidates(self) -> None:
        columns = ("id", "series_id", "centre_id", "number", "name", "date_of_birth", "uci")
        series, centres = self.cohort.series.pk, self.cohort.centres
        rows = [
            (pk, series, centres[one.centre], one.number, one.name, one.born, one.uci)
            for pk, one in zip(self.candidates, self.some, strict=True)
        ]
        bulk_insert.store(Candidate, columns, rows)

    def _store_results(self) -> None:
        """Each next candidate begins with another syllabus, so that all have as many entries."""
        syllabuses = self.cohort.syllabuses
        entries = bulk_insert.reserve(Entry, sum(self.entered))
        of_entries = (
            (candidate, syllabuses[(candidate + place) % len(syllabuses)])
            for candidate, many in zip(self.candidates, self.entered, strict=True)
            for place in range(many)
        )
        rows = [
            (pk, candidate, syllabus, "AX")
            for pk, (candidate, syllabus) in zip(entries, of_entries, strict=True)
        ]
        bulk_insert.store(Entry, ("id", "candidate_id", "syllabus_id", "option_code"), rows)
        results = zip(bulk_insert.reserve(Result, len(entries)), entries, strict=True)
        graded = [(pk, entry, self.dice.choice(GRADES)) for pk, entry in results]
        loaded_at = self.cohort.loaded_at
        marked = [(*one, marks(one[2], at), loaded_at) for at, one in enumerate(graded)]
        bulk_insert.store(Result, ("id", "entry_id", "grade", "components", "added_at"), marked)

    def _store_logins(self) -> list[Secret]:
        now, cohort = timezone.now(), self.cohort
        made = [secret.make() for _ in self.some]
        rows = []
        for candidate, one, login in zip(self.candidates, self.some, made, strict=True):
            centre = cohort.centres[one.centre]
            pepper_id, digest = secret.current_digest(login)
            letters = (cohort.files[centre].pk, cohort.says[centre], now)
            named = printed(one.number, one.name, cohort.names[centre]).values()
            rows.append((uuid.uuid4(), candidate, 1, pepper_id, digest, *letters, *named))
        bulk_insert.store(Credentials, LOGIN, rows)
        return made
