"""The facts on the letters of some candidates, read from the database in four queries (rule 14).

Only candidates who have access and a valid entry have a letter. Facts read twice can be compared:
what was printed still holds when they are equal.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from centres.terms import Contact, Terms, terms_for
from credentials.letters.letter import Letter
from credentials.letters.outdated import printed, says
from credentials.logins.secret import Secret


@dataclass(frozen=True)
class Facts:
    """All that a letter says but the login. `says` is what the credentials keep of it."""

    candidate_id: int
    candidate_number: str
    candidate_name: str
    centre_number: str
    centre_name: str
    time_zone: str
    series: str
    undated: list[str]
    says: dict[str, Any]

    @property
    def printed(self) -> dict[str, str]:
        """Whom it names: what the credentials keep of that."""
        return printed(self.candidate_number, self.candidate_name, self.centre_name)

    @property
    def contact_is_complete(self) -> bool:
        return Contact(**self.says["contact"]).complete

    def letter(self, secret: Secret) -> Letter:
        contact = self.says["contact"]
        return Letter(
            board=settings.BOARD_NAME,
            site_address=f"{settings.SITE_URL}/results/",
            candidate_number=self.candidate_number,
            candidate_name=self.candidate_name,
            centre_number=self.centre_number,
            centre_name=self.centre_name,
            time_zone=self.time_zone,
            series=self.series,
            username=secret.grouped_username,
            password=secret.grouped_password,
            visible_from=tuple(self.says["visible_from"].items()),
            undated=tuple(self.undated),
            contact_name=contact["name"],
            contact_telephone=contact["telephone"],
            contact_email=contact["email"],
            code_signs_in=settings.CODE_SIGNS_IN,
        )


def facts_for(
    centre: Centre, series: Series, candidates: Collection[int], *, only_with_access: bool = True
) -> list[Facts]:
    """The facts of those of these candidates who can have a letter now, in order of number; also of
    those without access yet when they are only to be looked at."""
    terms = terms_for(centre, series)
    entered = _qualifications(candidates)
    rows = with_access(Candidate.objects.filter(centre=centre, series=series, pk__in=candidates))
    return [
        _facts(candidate, centre, series, terms, entered[candidate.pk])
        for candidate in rows.order_by("number")
        if candidate.pk in entered and (candidate.has_access or not only_with_access)
    ]


def _facts(
    candidate: Candidate, centre: Centre, series: Series, terms: Terms, qualifications: set[str]
) -> Facts:
    return Facts(
        candidate_id=candidate.pk,
        candidate_number=candidate.number,
        candidate_name=candidate.name,
        centre_number=centre.number,
        centre_name=centre.name,
        time_zone=centre.time_zone,
        series=str(series),
        undated=sorted(qualifications - terms.visible_from.keys()),
        says=says(terms, qualifications),
    )


def _qualifications(candidates: Collection[int]) -> dict[int, set[str]]:
    """Candidate's primary key -> the qualifications in which there is a valid entry."""
    entered: dict[int, set[str]] = defaultdict(set)
    rows = Entry.objects.valid().filter(candidate__in=candidates)
    for pk, name in rows.values_list("candidate_id", "syllabus__qualification__name").order_by():
        entered[pk].add(name)
    return dict(entered)
