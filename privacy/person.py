"""One person, found by UCI, or by name and date of birth, in every series (rules 22 and 23).

One UCI may stand with two people, as with twins; then the name or the date of birth must be said too. Two of one name
may have one birthday; then the UCI. Whoever is not surely one person, as rule 23 has it, is not found: the command says
who there is, and nothing is given out or removed.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Q

from accounts.models import User
from centres.models import Candidate
from centres.names import agree_in_given_names, share_a_part, surname_and_forenames
from centres.persons import are_one
from exchange.models import Version
from loading.models import LoadedFile
from results.models import Export


class NotOne(ValueError):
    """Nobody was found, or more than one person; the message says which."""


def find(*, uci: str = "", name: str = "", born: dt.date | None = None) -> list[Candidate]:
    """The candidates that are this person, the oldest series first; set aside ones too. Raises NotOne."""
    if not (uci or (name and born)):
        raise NotOne("Give the UCI, or the name and the date of birth.")
    rows = Candidate.objects.select_related("series", "centre", "former_series", "former_centre")
    if uci:
        rows = rows.filter(uci=uci.strip().upper())
    if born:
        rows = rows.filter(date_of_birth=born)
    found = [one for one in rows.order_by("pk") if not name or _is_called(one, name)]
    if not found:
        raise NotOne("Nobody is kept who is it.")
    if not all(are_one(*pair) for pair in combinations(found, 2)):
        told = "; ".join(described(one) for one in found)
        raise NotOne(f"This is more than one person: {told}. Give more: UCI, name, date of birth.")
    return found


def account(username: str) -> User:
    """Raises NotOne."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NotOne("There is no account with this username.")
    return found


def described(one: Candidate) -> str:
    return f"{one.number} {one.name}, {place_of(one)}, born {one.date_of_birth or 'unknown'}"


def place_of(one: Candidate) -> str:
    """“MAIN1, June 2026”, also of who was set aside there."""
    centre, series = one.centre or one.former_centre, one.series or one.former_series
    aside = " (the number was given to somebody else)" if one.set_aside_at else ""
    return f"{centre.number if centre else ''}, {series}{aside}"


def _is_called(one: Candidate, name: str) -> bool:
    """A given name in common is not enough: many a John has the birthday of another."""
    surnames = (surname_and_forenames(each)[0] for each in (one.name, name))
    return share_a_part(*surnames) and agree_in_given_names(one.name, name)


@dataclass(frozen=True)
class MayName:
    """A file that may name the person among others: nobody but a reader can tell, and take them out."""

    what: str
    called: str
    kept_until: dt.datetime | None


def files_that_may_name(candidates: list[Candidate]) -> list[MayName]:
    """Files of the same centres and series, and files of the board, that are still kept."""
    series = {one.series_id or one.former_series_id for one in candidates}
    centres = {one.centre_id or one.former_centre_id for one in candidates}
    of_them = Q(file__centre__in=centres) & (Q(file__series__in=series) | Q(file__series=None))
    versions = Version.objects.filter(of_them, destroyed_at=None, withdrawn_at=None)
    loads: Any = LoadedFile.objects.given().filter(
        destroyed_at=None, kind__in=("entries", "results")
    )
    exports = Export.objects.filter(series__in=series).exclude(stored=None)
    return [
        *(
            MayName("File Exchange", f"{one.file.folder}, {one.file}", one.kept_until)
            for one in versions.select_related("file__series").order_by("uploaded_at")
        ),
        *(MayName("Loaded file", f"{one.kind}, {one.name}", None) for one in loads),
        *(MayName("Broadsheet or the like", str(one), one.kept_until) for one in exports),
    ]
