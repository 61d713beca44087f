"""Find a centre, a candidate or a person, from one field: by number, name, username, e-mail address or UCI.

Candidates are looked for in one series. A centre's number among the words narrows to that centre, four digits to that
candidate number, a UCI to that person: these are found at once, where a name is looked for among all of the series.
No grade is asked for.
"""

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from board import centres
from centres.models import Candidate, Centre, Series
from core.folding import folded
from core.searching import finding

MOST = 25  # of each
NUMBER = re.compile(r"[0-9]{4}")
CENTRE = re.compile(r"[A-Z0-9]{5}")
UCI = re.compile(r"[0-9A-Z]{13}")


@dataclass(frozen=True)
class Found:
    """The first of each; one more than MOST where there are more."""

    centres: list[Centre]
    candidates: list[Candidate]
    people: list[User]

    @property
    def nothing(self) -> bool:
        return not (self.centres or self.candidates or self.people)


def find(search: str, series: Series | None) -> Found:
    """Four queries at most."""
    if not search:
        return Found([], [], [])
    return Found(
        list(centres.found(search)[: MOST + 1]),
        list(candidates(search, series)[: MOST + 1]) if series else [],
        list(people(search)[: MOST + 1]),
    )


def people(search: str) -> QuerySet[User]:
    """Staff of centres and of the board."""
    wanted = finding(search, "username", "name", "email")
    return User.objects.filter(wanted).prefetch_related("memberships__centre").order_by("username")


def candidates(search: str, series: Series) -> QuerySet[Candidate]:
    words = search.split()
    plain = {word: folded(word).upper() for word in words}
    wanted = {word for word in words if CENTRE.fullmatch(plain[word])}
    numbers = [plain[word] for word in wanted]
    there = (
        dict(Centre.objects.filter(number__in=numbers).values_list("number", "pk"))
        if wanted
        else {}
    )
    found = Candidate.objects.filter(series=series)
    rest = []
    for word in words:
        if plain[word] in there:
            found = found.filter(centre=there[plain[word]])
        elif NUMBER.fullmatch(plain[word]):
            found = found.filter(number=plain[word])
        elif UCI.fullmatch(plain[word]):
            found = found.filter(uci=plain[word])
        else:
            rest.append(word)
    wanted_names = finding(" ".join(rest), "name", "uci")
    return (
        found.filter(wanted_names)
        .select_related("centre", "series")
        .order_by("centre__number", "number")
    )
