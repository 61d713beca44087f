"""Made-up cohorts for benchmarks and drills, written as objects, in batches: who stands in them, their
syllabuses and their number are chosen freely. A large one is `demo.cohort.make`'s to make.

One main centre with its Associate Centres, and candidates in June 2026, whose results have been
released since yesterday. Nobody in it exists; the same sizes give the same people.
"""

import random

from allauth.mfa.models import Authenticator
from django.db.models import Count
from django.test import Client

from accounts.models import User
from centres.models import Candidate, Centre, Entry, Membership, Role, Series, Syllabus
from centres.terms import terms_for_all
from credentials.letters.outdated import printed, says
from credentials.logins import secret
from credentials.models import Credentials
from demo.cohort.centres import make_centres, make_letter_files, make_series, make_syllabuses
from demo.people import GRADES, QUALIFICATION, SUBJECTS, Person, people
from loading.engine.loader import BATCH, batches
from results.models import Result

__all__ = [
    "GRADES",
    "QUALIFICATION",
    "SUBJECTS",
    "Person",
    "make_candidates",
    "make_centres",
    "make_logins",
    "make_series",
    "make_syllabuses",
    "officer_at",
    "people",
]


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
    sizes = Candidate.objects.filter(series=series, centre__in=centres).order_by()
    files = make_letter_files(series, sizes.values_list("centre").annotate(Count("pk")))
    candidates = Candidate.objects.filter(series=series, centre__in=centres).order_by("pk")
    candidates = candidates.select_related("centre")
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
                **printed(candidate.number, candidate.name, candidate.centre.name),
            )
            for candidate, (pepper_id, digest) in zip(
                batch, map(secret.current_digest, made), strict=True
            )
        )
        logins += [(login.grouped_username, login.grouped_password) for login in made]
    return logins


def officer_at(*centres: Centre) -> Client:
    """The browser of an exams officer of these centres who may do all there is to do."""
    user = User.objects.create(username="-".join(("officer", *(one.number for one in centres))))
    for centre in centres:
        Membership.objects.create(
            user=user, centre=centre, role=Role.EXAMS_OFFICER, may_manage_results_service=True
        )
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    return browser
