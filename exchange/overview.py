"""The overview of somebody's exchanges, and what is new to them in each."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from accounts.models import User
from centres.access import homes_of
from centres.models import Centre, SubcentreLink
from core.searching import finding
from exchange.access import BOARD
from exchange.models import File, Side, Version
from exchange.version_state import is_new_to

Pair = tuple[int, int | None]  # ids of the centre and of the main centre; None: with the board


@dataclass(frozen=True)
class Line:
    """An exchange in the list, and how it stands."""

    centre: Centre
    main: Centre | None
    side: Side
    files: int
    new: int
    last_uploaded_at: dt.datetime | None

    @property
    def other(self) -> str:
        return self.main.number if self.main else BOARD

    @property
    def above(self) -> str:
        """With whom the centre exchanges."""
        return str(self.main) if self.main else settings.BOARD_NAME


def exchanges_of(user: User) -> list[Line]:
    """All that this person has with centres they are on the staff of, what is new first (a constant
    number of queries)."""
    pairs = _pairs(user)
    return _lines(pairs, File.objects.filter(_of_staff(user)))


def exchanges_of_board(find: str = "") -> list[Line]:
    """Those between the board and centres in which there is a file; or of centres found by number or
    name, with or without."""
    files = File.objects.filter(main=None)
    centres = Centre.objects.order_by("number")
    if find:
        centres = centres.filter(finding(find, "number", "name"))[:MOST_FOUND]
    else:
        centres = centres.filter(pk__in=files.order_by().values("centre"))
    return _lines([(centre, None, Side.ABOVE) for centre in centres], files)


MOST_FOUND = 100


def new_for(user: User) -> int:
    """How many files are new to this person, in all their exchanges."""
    if user.is_superuser:
        new = is_new_to(Side.ABOVE).filter(file__main=None).count()
    else:
        new = 0
    return new + sum(
        is_new_to(side).filter(_of_staff(user, side, prefix="file__")).count() for side in Side
    )


def _pairs(user: User) -> list[tuple[Centre, Centre | None, Side]]:
    homes = homes_of(user)
    links = SubcentreLink.objects.select_related("main", "associate").filter(
        Q(main__in=homes) | Q(associate__in=homes)
    )
    mine = list(homes)
    ids = {home.pk for home in mine}
    found: list[tuple[Centre, Centre | None, Side]] = [(home, None, Side.CENTRE) for home in mine]
    for link in links:
        if link.main_id in ids:
            found.append((link.associate, link.main, Side.ABOVE))
            if link.associate_id not in ids:
                found.append((link.associate, None, Side.CENTRE))
        else:
            found.append((link.associate, link.main, Side.CENTRE))
    return found


def _of_staff(user: User, side: str = "", prefix: str = "") -> Q:
    """The files of the exchanges in which this person is on this side, or on any."""
    homes = homes_of(user).order_by().values("pk")
    of_mine = SubcentreLink.objects.filter(main__in=homes)
    attached = of_mine.values("associate")
    mains = SubcentreLink.objects.filter(associate__in=homes).exclude(main__in=homes)
    board = Q(**{f"{prefix}main": None}) & (
        Q(**{f"{prefix}centre__in": homes}) | Q(**{f"{prefix}centre__in": attached})
    )
    above = Q(**{f"{prefix}main__in": homes, f"{prefix}centre__in": attached})
    below = Q(**{f"{prefix}centre__in": homes, f"{prefix}main__in": mains.values("main")})
    by_side = {Side.CENTRE: board | below, Side.ABOVE: above}
    return by_side[Side(side)] if side else board | below | above


def _lines(pairs: list[tuple[Centre, Centre | None, Side]], files: QuerySet[File]) -> list[Line]:
    counted = {
        (centre, main): (count, last)
        for centre, main, count, last in files.order_by()
        .values_list("centre", "main")
        .annotate(Count("pk", distinct=True), Max("versions__uploaded_at"))
    }
    new = {side: _new(files, side) for side in {side for *_, side in pairs}}
    lines = []
    for centre, main, side in pairs:
        pair = (centre.pk, main.pk if main else None)
        count, last = counted.get(pair, (0, None))
        lines.append(Line(centre, main, side, count, new[side][pair], last))
    # What is new first, then whatever was uploaded last; the others stay in their order.
    return sorted(
        lines,
        key=lambda line: (
            not line.new,
            -line.last_uploaded_at.timestamp() if line.last_uploaded_at else 0,
        ),
    )


def _new(files: QuerySet[File], side: Side) -> Counter[Pair]:
    found: QuerySet[Version] = is_new_to(side).filter(file__in=files.order_by())
    rows = found.values_list("file__centre", "file__main").annotate(Count("pk"))
    return Counter({(centre, main): count for centre, main, count in rows})
