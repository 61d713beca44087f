"""Quarantine: what nobody knows is moved aside as it is, and can come back.

It lies in `.quarantine` of its own area, in a folder of the day and why, by the name that it had.
"""

import datetime as dt
import logging
import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from storage.store import QUARANTINE, store

logger = logging.getLogger(__name__)


class Lying(NamedTuple):
    day: str  # and why
    name: str
    place: str


def lying(area: str) -> list[Lying]:
    """The latest last."""
    names = sorted(kept.name for kept in store(area).listed(QUARANTINE))
    pattern = re.compile(rf"{QUARANTINE}/(\d{{4}}-\d\d-\d\d[^/]*)/(.+)")
    return [Lying(found[1], found[2], found[0]) for found in map(pattern.fullmatch, names) if found]


def move_in(area: str, names: Iterable[str], day: str) -> Iterator[str]:
    """Those that were moved. One that is gone meanwhile is another worker's; one that cannot be moved, as
    on a full disk, stays."""
    for name in names:
        try:
            store(area).move(name, _free_place(area, name, day))
        except FileNotFoundError:
            continue
        except OSError as error:
            logger.error("%s of %s cannot be moved: %s", name, area, error.strerror)
            continue
        logger.warning("%s of %s is known to no row: moved to quarantine", name, area)
        yield name


def give_back(area: str, names: Collection[str]) -> Iterator[str]:
    """Those of these that lay there, and are in their places again."""
    places = {one.name: one.place for one in lying(area)} if names else {}
    for name in names:
        if name in places and not store(area).exists(name):
            store(area).move(places[name], name)
            logger.warning("%s of %s is known to a row again: moved back", name, area)
            yield name


def remove_before(area: str, oldest: dt.date) -> int:
    """What was put there before that day, for good; how many."""
    old = [one for one in lying(area) if dt.date.fromisoformat(one.day[:10]) < oldest]
    for one in old:
        store(area).delete(one.place)
    if old:
        logger.warning("%s: %s files were in quarantine for their time", area, len(old))
    return len(old)


def _free_place(area: str, name: str, day: str) -> str:
    """One of that name may lie there already."""
    place, number = f"{QUARANTINE}/{day}/{name}", 1
    while store(area).exists(place):
        number += 1
        place = f"{QUARANTINE}/{day}.{number}/{name}"
    return place
