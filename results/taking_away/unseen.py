"""How many results have changed that somebody has not marked as seen at *What changed*, at each of the
centres on whose staff they are: at a main centre, those of its Associate Centres too.

Read through `results.history`, and so through the staff's gate. No grade comes of it.
"""

import datetime as dt
from collections.abc import Collection
from itertools import islice
from typing import NamedTuple

from centres.models import Centre, Series, User
from results.history import changes_of
from results.taking_away.changes import new_since
from results.taking_away.models import ChangesSeen
from results.taking_away.whose import Whose

MOST = 1_000  # changes at a centre that are looked at


class Unseen(NamedTuple):
    """So many results, or more than that."""

    results: int
    or_more: bool


def unseen_changes(
    user: User, homes: Collection[Centre], series: Series, *, at: dt.datetime | None = None
) -> dict[str, Unseen]:
    """Number of the centre -> what is unseen there, where anything is (one query, and two or three for
    each of these centres)."""
    marks = dict(ChangesSeen.objects.filter(user=user, series=series).values_list("centre", "at"))
    found = {}
    for home in homes:
        entries = Whose(user, home, series, together=True).entries
        changes = changes_of(entries, series, user=user, since=new_since(marks.get(home.pk)), at=at)
        if told := [one.entry for one in islice(changes, MOST)]:
            found[home.number] = Unseen(len(set(told)), len(told) == MOST)
    return found
