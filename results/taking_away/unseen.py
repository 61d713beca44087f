"""How many results have changed that somebody has not marked as seen at *What changed*, at each of the
centres on whose staff they are: at a main centre, those of its Associate Centres too.

Read through `results.history`, and so through the staff's gate. No grade comes of it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from centres.access import viewed_centres
from centres.models import Centre, Entry, Series, SubcentreLink, User
from results.history import changes_of
from results.taking_away.models import ChangesSeen


def unseen_changes(
    user: User, homes: Collection[Centre], series: Series, *, at: dt.datetime | None = None
) -> dict[str, int]:
    """Number of the centre -> so many results, 0 left out (three queries; one where nothing changed)."""
    viewed = viewed_centres(user).order_by().values("pk")
    entries = Entry.objects.filter(candidate__series=series, candidate__centre__in=viewed)
    changes = list(changes_of(entries, user=user, at=at))
    if not changes:
        return {}
    of_centre = _homes_by_centre(homes)
    marks = dict(
        ChangesSeen.objects.filter(user=user, series=series).values_list("centre__number", "at")
    )
    found: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        for home in of_centre[change.centre]:
            if home not in marks or change.at >= marks[home]:
                found[home].add(change.entry)
    return {home: len(results) for home, results in found.items()}


def _homes_by_centre(homes: Collection[Centre]) -> Mapping[str, set[str]]:
    """Number of a centre -> those of the homes at whose *What changed* it is told of."""
    found: dict[str, set[str]] = defaultdict(set)
    for home in homes:
        found[home.number].add(home.number)
    links = SubcentreLink.objects.filter(main__in=homes)
    for associate, main in links.values_list("associate__number", "main__number"):
        found[associate].add(main)
    return found
