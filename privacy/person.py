"""One person, found by UCI, or by name and date of birth, in every series (rules 22 and 23).

One UCI may stand with two people, as with twins; then the name or the date of birth must be said too. Two of one name
may have one birthday; then the UCI. Whoever is not surely one person, as rule 23 has it, is not found: the command says
who there is, and nothing is given out or removed. Where no UCI ties candidates together, somebody who has looked at the
person's papers names each of them; what contradicts itself is two people, whoever says otherwise.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from centres.models import Candidate
from centres.names import agree_in_given_names, share_a_part, surname_and_forenames
from centres.persons import are_one, cannot_be_one
from exchange.models import Version
from loading.models import LoadedFile
from results.models import Export


class NotOne(ValueError):
    """Nobody was found, or more than one person; the message says which."""


def find(
    *,
    uci: str = "",
    name: str = "",
    born: dt.date | None = None,
    named: Collection[str] = (),
) -> list[Candidate]:
    """The candidates that are this person, the oldest series first; set aside ones too. Of one name and date of
    birth those that are `named` by their `address`, whatever UCI says that they are one. Raises NotOne."""
    if not (name and born) and (named or not uci):
        or_uci = "" if named else "the UCI, or "
        raise NotOne(f"Give {or_uci}the name and the date of birth.")
    rows = _rows()
    if uci:
        rows = rows.filter(uci__in=[uci.strip().upper(), *([""] if named else [])])
    if born:
        rows = rows.filter(date_of_birth=born)
    found = [one for one in rows if not name or _is_called(one, name)]
    if not found:
        raise NotOne("Nobody is kept who is it.")
    if named:
        return _named(found, named)
    if not surely_one(found):
        raise NotOne(
            f"This may be more than one person:\n{listed(found)}\nGive more: UCI, name, date of birth. Or look at "
            "the person’s papers, and name each of these that is this person, with name and date of birth: "
            f"--candidate {address(found[0])}"
        )
    return found


def _rows() -> QuerySet[Candidate]:
    places = ("series", "centre", "former_series", "former_centre")
    return Candidate.objects.select_related(*places).order_by("pk")


def _named(found: list[Candidate], named: Collection[str]) -> list[Candidate]:
    wanted = {one.strip().upper() for one in named}
    if strange := wanted - {address(one) for one in found}:
        raise NotOne(
            f"Of this name and date of birth there is no {', '.join(sorted(strange))}. There is:\n{listed(found)}"
        )
    chosen = [one for one in found if address(one) in wanted]
    for pair in combinations(chosen, 2):
        if cannot_be_one(*pair):
            raise NotOne(
                f"These cannot be one person, for their UCIs or given names differ:\n{listed(pair)}"
            )
    return chosen


def surely_one(candidates: Collection[Candidate]) -> bool:
    """Whether UCI, date of birth and name say so of each two of them (rule 23)."""
    return all(are_one(*pair) for pair in combinations(candidates, 2))


def may_be_too(candidates: Collection[Candidate]) -> list[Candidate]:
    """Others who may be the same person: of the same name and date of birth, and nothing says that they are not."""
    born = {one.date_of_birth for one in candidates if one.date_of_birth}
    others = _rows().filter(date_of_birth__in=born).exclude(pk__in=[one.pk for one in candidates])
    return [
        other
        for other in others
        if any(_is_called(other, one.name) for one in candidates)
        and not any(cannot_be_one(other, one) for one in candidates)
    ]


def account(username: str) -> User:
    """Raises NotOne."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NotOne("There is no account with this username.")
    return found


def listed(candidates: Collection[Candidate]) -> str:
    return "\n".join(f"  {address(one)}  {described(one)}" for one in candidates)


def address(one: Candidate) -> str:
    """By which a candidate is named: “MAIN1/2026-06/0001”; of who was set aside there “…/FORMER”."""
    centre, series = one.centre or one.former_centre, one.series or one.former_series
    aside = "/FORMER" if one.set_aside_at else ""
    return (
        f"{centre.number if centre else '-'}/{series.slug if series else '-'}/{one.number}{aside}"
    )


def described(one: Candidate) -> str:
    uci = f"UCI {one.uci}" if one.uci else "no UCI"
    return f"{one.number} {one.name}, {place_of(one)}, born {one.date_of_birth or 'unknown'}, {uci}"


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
