"""A list of a centre's candidates: which of them a filter, a group and a search leave, on which page, who is ticked.

Its lines are those of whoever lists them: each has its `candidate`, the `states` that filters look for, and
`is_found_by`.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from centres.access import ActingFor, associates_of
from centres.groups import place
from centres.models import Candidate, Centre
from centres.ticks import ticks_after
from core.searching import finding

A_PAGE = 100


class Listing:
    """`filters`: key -> words, the first of them for all. `found`: whom filter, group and search leave; `ticked`:
    who is ticked, shown or not; `beside`: who of them is not on the page."""

    def __init__(
        self, everybody: list[Any], filters: Mapping[str, str], asked: QueryDict, search: str
    ) -> None:
        self._filters, self._all = filters, next(iter(filters))
        groups = {line.candidate.group for line in everybody} - {""}
        narrowed = "everybody" not in asked  # *Show all*
        self.everybody, self.search = everybody, search if narrowed else ""
        self.show = str(asked["show"]) if narrowed and asked.get("show") in filters else self._all
        self.groups = sorted(groups, key=place)
        self.group = str(asked["group"]) if narrowed and asked.get("group") in groups else ""
        self.found = [
            line
            for line in everybody
            if self.show in line.states
            and self.group in ("", line.candidate.group)
            and line.is_found_by(self.search)
        ]
        numbers = ticks_after(asked, (line.candidate.number for line in self.found))
        self.ticked = [line for line in everybody if line.candidate.number in numbers]
        self.ticked_numbers = {line.candidate.number for line in self.ticked}
        self.page: Page = Paginator(self.found, A_PAGE).get_page(asked.get("page"))
        here = set(self.page.object_list)
        self.beside = [line for line in self.ticked if line not in here]
        self.counts = Counter(state for line in everybody for state in line.states)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.group or self.show != self._all)

    @property
    def in_address(self) -> str:
        """The end of its address; a search, which may be a name, stands in none."""
        show = self.show if self.show != self._all else ""
        page = self.page.number if self.page.number > 1 else ""
        asked = {"show": show, "group": self.group, "page": page}
        part = urlencode({name: value for name, value in asked.items() if value})
        return f"?{part}" if part else ""

    @property
    def filters(self) -> list[tuple[str, str, int]]:
        return [(key, words, self.counts[key]) for key, words in self._filters.items()]


def find_candidates(acting: ActingFor, search: str) -> QuerySet[Candidate]:
    """Whom a search finds at the centre for which somebody acts and, for a main centre, at all of its Associate
    Centres, in order of centre and number. Four digits are a candidate number."""
    centres = Centre.objects.filter(pk=acting.home.pk) | associates_of(acting.home)
    candidates = Candidate.objects.filter(centre__in=centres, series=acting.series)
    if not search:
        return candidates.none()
    is_number = len(search) == 4 and search.isdecimal()
    wanted = Q(number=search) if is_number else finding(search, "number", "name", "uci")
    return candidates.filter(wanted).select_related("centre").order_by("centre__number", "number")
