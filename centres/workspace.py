"""The workspace bar of a series: which tabs it has, for whom, and where each leads.

On every page of a series stand whose work it is, the series, the other centres for which this person may
act (rule 13) and the tabs. A tab is an address that takes a series and a centre. Changing the centre or the
series keeps the tab; a page below a tab, such as one letter file, is left for its tab. Who may not manage the
results service has
the tabs of what any of the staff may look at. The pages above this package are named by their addresses.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from centres.access import ActingFor
from centres.models import Centre

LATELY = (
    "subcentres-lately"  # in the session: main centre's number -> those chosen, the last one first
)
MOST_LATELY = 5


@dataclass(frozen=True)
class Tab:
    """`key` names it in an address and in a template; `of_home`: it is about all of a main centre's centres."""

    key: str
    words: str
    view: str
    managing: bool = True
    of_home: bool = False

    def address(self, series: str, centre: str) -> str:
        return reverse(self.view, args=[series, centre])


TABS = (
    Tab("overview", "Overview", "overview:show"),
    Tab("letters", "Candidates and letters", "credentials:centre"),
    Tab("associates", "Associate Centres", "credentials:associates", of_home=True),
    Tab("results_day", "Results day", "results_day:show"),
    Tab("entries", "Entries and results", "results:centre", managing=False),
    Tab("files", "Files", "exchange:centre", managing=False),
)
BY_KEY = {tab.key: tab for tab in TABS}


def tab_at(key: str) -> Tab:
    """The tab that an address names; the candidates, if it names none that there is, or one of the home alone."""
    tab = BY_KEY.get(key, BY_KEY["letters"])
    return BY_KEY["letters"] if tab.of_home else tab


def tabs_for(acting: ActingFor, *, is_main: bool) -> list[tuple[Tab, str]]:
    """The tabs of these pages with their addresses. `is_main`: `acting.centre` has Associate Centres."""
    where = (acting.series.slug, acting.centre.number)
    return [
        (tab, tab.address(*where))
        for tab in TABS
        if (acting.manages or not tab.managing) and (is_main or not tab.of_home)
    ]


def in_another_series(request: HttpRequest, tab: Tab, centre: str, slug: str) -> str:
    """This page in another series; what stands below a tab, and may not be there, leads to the tab."""
    match = request.resolver_match
    if match and set(match.kwargs) == {"series", "centre"}:
        try:
            return reverse(match.view_name, kwargs={**match.kwargs, "series": slug})
        except NoReverseMatch:  # an address with what `kwargs` does not tell
            pass
    return tab.address(slug, centre)


def remember_chosen(request: HttpRequest, home: Centre, number: str) -> None:
    """Keep an Associate Centre at hand for whoever has chosen it."""
    if number == home.number:
        return
    known = request.session.get(LATELY, {})
    others = [one for one in known.get(home.number, []) if one != number]
    request.session[LATELY] = {**known, home.number: [number, *others][:MOST_LATELY]}


def lately_chosen(
    request: HttpRequest, home: Centre, associates: Collection[Centre]
) -> list[Centre]:
    """Those of the Associate Centres that were chosen last, but for what is attached no longer (no query)."""
    by_number = {centre.number: centre for centre in associates}
    numbers = request.session.get(LATELY, {}).get(home.number, [])
    return [by_number[number] for number in numbers if number in by_number]
