"""How many results have changed that somebody has not marked as seen at *What changed*, at each of the
centres on whose staff they are: at a main centre, those of its Associate Centres too.

Read through `results.history`, and so through the staff's gate. No grade comes of it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import islice
from typing import NamedTuple

from centres.access import viewed_centres
from centres.models import Centre, Entry, Series, SubcentreLink, User
from results.history import changes_of
from results.taking_away.models import ChangesSeen

MOST = 1_000  # changes that are looked at


class Unseen(NamedTuple):
    """So many results, or more than that."""

    results: int
    or_more: bool


def unseen_changes(
    user: User, homes: Collection[Centre], series: Series, *, at: dt.datetime | None = None
) -> dict[str, Unseen]:
    """Number of the centre -> what is unseen there, none left out (at most six queries)."""
    marks = dict(
        ChangesSeen.objects.filter(user=user, series=series).values_list("centre__number", "at")
    )
    since = min((marks[home.number] for home in homes if home.number in marks), default=None)
    if not marks.keys() >= {home.number for home in homes}:
        since = None
    viewed = viewed_centres(user).order_by().values("pk")
    entries = Entry.objects.filter(candidate__series=series, candidate__centre__in=viewed)
    changes = list(islice(changes_of(entries, series, user=user, since=since, at=at), MOST))
    if not changes:
        return {}
    of_centre = _homes_by_centre(homes)
    found: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        for home in of_centre[change.centre]:
            if home not in marks or change.at >= marks[home]:
                found[home].add(change.entry)
    return {home: Unseen(len(results), len(changes) == MOST) for home, results in found.items()}


def _homes_by_centre(homes: Collection[Centre]) -> Mapping[str, set[str]]:
    """Number of a centre -> those of the homes at whose *What changed* it is told of."""
    found: dict[str, set[str]] = defaultdict(set)
    for home in homes:
        found[home.number].add(home.number)
    links = SubcentreLink.objects.filter(main__in=homes)
    for associate, main in links.values_list("associate__number", "main__number"):
        found[associate].add(main)
    return found
