"""Made-up cohorts of any size, written in batches, so that memory does not grow with them.

One main centre with its Associate Centres, and candidates in June 2026, whose results have been
released since yesterday. Nobody in it exists; the same sizes give the same people.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from centres.loading.kind import BATCH, batches
from centres.loading.uci import check_letter
from centres.models import (
    Candidate,
    Centre,
    CentreArrangement,
    Entry,
    Qualification,
    Release,
    Series,
    Status,
    SubcentreArrangement,
    SubcentreDefaults,
    SubcentreLink,
    Syllabus,
)
from centres.terms import terms_for_all
from credentials import secret
from credentials.models import Credentials, LetterFile
from credentials.outdated import says
from results.models import Result

QUALIFICATION = "Cambridge IGCSE"
SUBJECTS = {
    "0580": "Mathematics",
    "0610": "Biology",
    "0620": "Chemistry",
    "0625": "Physics",
    "0450": "Business Studies",
    "0470": "History",
}
GRADES = "A* A B C D E F".split()
SURNAMES = (
    "ADEYEMI NÚÑEZ ŁUKASIEWICZ KAEWMANEE SHARMA IYER Ó-BRIAIN MÜLLER CHEN OKAFOR 李 الشريف".split()
)
FORENAMES = "Sita Zoë Mariam Wei Somchai Siobhán Linh Ayesha José Tomasz 婷婷 रोहन".split()
ZONES = "Asia/Karachi Asia/Bangkok Europe/Madrid Africa/Lagos".split()


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up candidate."""

    centre: str
    number: str
    name: str
    born: dt.date

    @property
    def uci(self) -> str:
        digits = f"{self.centre}826{self.number}"
        return digits + check_letter(digits)


def people(numbers: list[str], each: int) -> Iterator[Person]:
    """So many candidates at each of these centres."""
    dice = random.Random(2026)
    for centre in numbers:
        for number in range(1, each + 1):
            name = f"{dice.choice(SURNAMES)}: {dice.choice(FORENAMES)} {dice.choice(FORENAMES)}"
            born = dt.date(2010, dice.randint(1, 12), dice.randint(1, 28))
            yield Person(centre, f"{number:04}", name, born)


def make_series() -> Series:
    series = Series.objects.create(year=2026, month=6, credentials_from=dt.date(2026, 3, 25))
    Release.objects.create(
        series=series,
        qualification=Qualification.objects.get(name=QUALIFICATION),
        candidates_at=timezone.now() - dt.timedelta(days=1),
    )
    return series


def make_syllabuses() -> list[Syllabus]:
    qualification = Qualification.objects.get(name=QUALIFICATION)
    return Syllabus.objects.bulk_create(
        Syllabus(code=code, title=title, qualification=qualification)
        for code, title in SUBJECTS.items()
    )


def make_centres(series: Series, *, first: int, associates: int) -> list[Centre]:
    """A main centre, and Associate Centres that it gave access; all candidates of all of them.

    Their numbers are counted from `first`; the main centre comes first.
    """
    centres = Centre.objects.bulk_create(
        Centre(
            number=f"{number:05}",
            name=f"Made-up School {number}",
            country="Nowhere",
            time_zone=ZONES[number % len(ZONES)],
        )
        for number in range(first, first + 1 + associates)
    )
    links = SubcentreLink.objects.bulk_create(
        SubcentreLink(main=centres[0], associate=centre) for centre in centres[1:]
    )
    contact = {"contact_name": "Exams Office", "contact_telephone": "+44 1223 000000"}
    SubcentreDefaults.objects.create(main=centres[0], series=series, **contact)
    SubcentreArrangement.objects.bulk_create(
        SubcentreArrangement(link=link, series=series, give_access=True) for link in links
    )
    agreed = {"agreed_by": "officer", "agreed_at": timezone.now(), "agreed_wording": "agreed"}
    CentreArrangement.objects.bulk_create(
        CentreArrangement(centre=centre, series=series, status=Status.ALL, **agreed, **contact)
        for centre in centres
    )
    return centres


def make_candidates(
    series: Series, centres: list[Centre], syllabuses: list[Syllabus], *, each: int
) -> None:
    """So many candidates at each centre, with an entry and a result for each of these syllabuses."""
    dice = random.Random(6)
    centre_of = {centre.number: centre for centre in centres}
    for batch in batches(people(list(centre_of), each), BATCH):
        candidates = Candidate.objects.bulk_create(
            Candidate(
                series=series,
                centre=centre_of[person.centre],
                number=person.number,
                name=person.name,
                date_of_birth=person.born,
                uci=person.uci,
            )
            for person in batch
        )
        entries = Entry.objects.bulk_create(
            Entry(candidate=candidate, syllabus=syllabus, option_code="AX")
            for candidate in candidates
            for syllabus in syllabuses
        )
        Result.objects.bulk_create(
            Result(entry=entry, grade=dice.choice(GRADES)) for entry in entries
        )


def make_logins(series: Series, centres: list[Centre]) -> list[tuple[str, str]]:
    """Live credentials for every candidate of these centres, as after their letters were made:
    usernames and passwords as printed."""
    terms = terms_for_all(Centre.objects.filter(pk__in=[centre.pk for centre in centres]), series)
    said = {pk: says(of_centre, [QUALIFICATION]) for pk, of_centre in terms.items()}
    files = _letter_files(series, centres)
    candidates = Candidate.objects.filter(series=series, centre__in=centres).order_by("pk")
    logins = []
    for batch in batches(candidates.iterator(BATCH), BATCH):
        made = [secret.make() for _ in batch]
        Credentials.objects.bulk_create(
            Credentials(
                candidate=candidate,
                issue_number=1,
                digest=digest,
                pepper_id=pepper_id,
                letter_file=files[candidate.centre_id],
                says=said[candidate.centre_id],
            )
            for candidate, (pepper_id, digest) in zip(
                batch, map(secret.current_digest, made), strict=True
            )
        )
        logins += [(login.grouped_username, login.grouped_password) for login in made]
    return logins


def _letter_files(series: Series, centres: list[Centre]) -> dict[int, LetterFile]:
    """Centre's primary key -> the file of the letters of all its candidates."""
    sizes = Candidate.objects.filter(series=series, centre__in=centres).order_by()
    files = LetterFile.objects.bulk_create(
        LetterFile(
            centre_id=centre,
            series=series,
            asked_by="officer",
            state=LetterFile.State.READY,
            done=size,
            total=size,
        )
        for centre, size in sizes.values_list("centre").annotate(Count("pk"))
    )
    return {file.centre_id: file for file in files}
