"""The selection of candidates for letters: one, those ticked, found by the search or outdated, or all; if
wished, only those without a letter."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from centres.models import Candidate, Centre, Series
from core.searching import searched_for
from credentials.letters.candidate_list import candidates_of
from credentials.letters.outdated import outdated_in
from credentials.models import Credentials


@dataclass(frozen=True)
class Choice:
    """`how` is “one”, “ticked”, “found”, “outdated”, “new” or “all”; `search` what was searched for."""

    how: str
    candidates: QuerySet[Candidate]
    search: str = ""


def chosen_candidates(centre: Centre, series: Series, asked: Mapping) -> Choice:
    """Read the choice from what was asked. Numbers of other centres' candidates count for nothing.

    Nothing ticked stands for all whom the search found, or for all when there was no search: the
    page that asks before anything is made says which, and how many. “new” leaves out whoever has a
    login.
    """
    everybody = Candidate.objects.filter(centre=centre, series=series)
    if asked.get("which") == "new":
        live = Credentials.objects.live().filter(candidate=OuterRef("pk"))
        chosen = _chosen(centre, series, asked, everybody).candidates
        return Choice("new", chosen.filter(~Exists(live)))
    return _chosen(centre, series, asked, everybody)


def _chosen(
    centre: Centre, series: Series, asked: Mapping, everybody: QuerySet[Candidate]
) -> Choice:
    ticked = asked.getlist("candidate")  # type: ignore[attr-defined]
    search = searched_for(asked)
    if "only" in asked:
        only = asked["only"] if asked["only"].isdecimal() else ""
        return Choice("one", everybody.filter(number=only))
    if asked.get("which") == "outdated":
        return Choice("outdated", everybody.filter(pk__in=outdated_in(centre, series)))
    if ticked:
        numbers = filter(str.isdecimal, ticked)
        return Choice("ticked", everybody.filter(number__in=list(numbers)))
    if search:
        found = candidates_of(centre, series, search=search)
        return Choice(
            "found", everybody.filter(pk__in=[line.candidate.pk for line in found]), search
        )
    return Choice("all", everybody)
