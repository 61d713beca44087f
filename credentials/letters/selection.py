"""The selection of candidates for letters: one, those ticked, found in the list or outdated, or all; if
wished, only those without a letter."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from centres.models import Candidate, Centre, Series
from centres.ticks import ticked_numbers
from credentials.letters.candidate_list import listing
from credentials.letters.outdated import outdated_in
from credentials.models import Credentials


@dataclass(frozen=True)
class Choice:
    """`how` is “one”, “ticked”, “found”, “outdated”, “new” or “all”."""

    how: str
    candidates: QuerySet[Candidate]


def chosen_candidates(centre: Centre, series: Series, asked: QueryDict) -> Choice:
    """Read the choice from what was asked. Numbers of other centres' candidates count for nothing.

    Nothing ticked stands for all whom the list shows, by its search, filter and group, or for all: the
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
    centre: Centre, series: Series, asked: QueryDict, everybody: QuerySet[Candidate]
) -> Choice:
    if "only" in asked:
        only = asked.get("only", "")
        return Choice("one", everybody.filter(number=only if only.isdecimal() else ""))
    if asked.get("which") == "outdated":
        return Choice("outdated", everybody.filter(pk__in=outdated_in(centre, series)))
    if ticked := ticked_numbers(asked):
        return Choice("ticked", everybody.filter(number__in=ticked))
    here = listing(centre, series, asked)
    if here.is_narrowed:
        return Choice("found", everybody.filter(pk__in=[one.candidate.pk for one in here.found]))
    return Choice("all", everybody)
