"""Badges at the tabs and the centres that need something: how much this person can act on now (rule 13).

Only counts, and only of what somebody may do here: a badge is amber, and none is shown for what another has to do.
A main centre's tab counts the Associate Centres that need something; whoever acts for one of them keeps
the others at hand. Of many centres the counts are kept for a minute, unless something was saved, made, downloaded or
loaded there meanwhile: what else changes, a release or a date, may be told of so much later.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum

from centres.access import ActingFor, associates_of
from centres.models import CentreArrangement, SubcentreDefaults
from centres.workspace import tabs_for
from credentials.letters.kept_counts import FEW, LOADS
from credentials.models import LetterDownload, LetterFile
from exchange.models import Side
from exchange.version_state import is_new_to
from overview.reading import reading_of
from overview.steps import to_do_in

KEPT = 60  # seconds
FILES = "files"


@dataclass(frozen=True)
class Badge:
    """At the tab of this key, for who listens in these words. `count` is 0 where nothing is needed."""

    tab: str
    count: int
    words: str
    is_amber: bool = True

    @property
    def figure(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True)
class Badges:
    """Of the tabs that are shown; and the Associate Centres that need something, number and words, in order."""

    badges: list[Badge]
    needing: list[tuple[str, str]]


def badges_of(acting: ActingFor) -> Badges:
    """Two queries more than `reading_of`, three at an attached centre; seven of many centres where counts are kept."""
    letters, is_main, needing = _kept(acting)
    shown = {tab.key for tab, _ in tabs_for(acting, is_main=is_main)}
    badges = [_needing("letters", letters), _needing("associates", len(needing))]
    if FILES in shown:
        badges.append(_new_files(acting))
    return Badges(
        [badge for badge in badges if badge.tab in shown],
        [one for one in needing if one[0] != acting.centre.number],
    )


def _needing(tab: str, count: int) -> Badge:
    return Badge(tab, count, f"{'needs' if count == 1 else 'need'} something")


def _new_files(acting: ActingFor) -> Badge:
    """Files in File Exchange that are new to this person at the centre: to be looked at, not to be mended."""
    count = is_new_to(Side.CENTRE).filter(file__centre=acting.centre, file__main=None).count()
    if acting.main:
        side = Side.ABOVE if acting.acts_for_associate else Side.CENTRE
        new = is_new_to(side).filter(file__centre=acting.centre, file__main=acting.main)
        count += new.count()
    return Badge(FILES, count, f"new file{'' if count == 1 else 's'}", is_amber=False)


# Candidates who wait at the centre itself, whether it has Associate Centres, and which of them need something: plain
# values, for what another version of the site has kept must be read, too.
Counts = tuple[int, bool, list[tuple[str, str]]]


def _kept(acting: ActingFor) -> Counts:
    if associates_of(acting.home).count() <= FEW:
        return _counted(acting)
    key = f"badges-{acting.series.pk}-{acting.centre.pk}-{acting.home.pk}"
    known = cache.get_many([key, LOADS])
    mark = repr((known.get(LOADS), _done_lately(acting)))
    if key in known and known[key][0] == mark:
        return known[key][1]
    counts = _counted(acting)
    cache.set(key, (mark, counts), timeout=KEPT)
    return counts


def _counted(acting: ActingFor) -> Counts:
    reading = reading_of(acting, beside=True)
    mine = [one for one in to_do_in(reading, attached=False) if one.may_act]
    rows = reading.attached or reading.beside
    needing = [(row.centre.number, str(row.centre)) for row in rows if row.needs_something]
    return sum(one.candidates for one in mine), reading.is_main, needing


def _done_lately(acting: ActingFor) -> list[object]:
    """What tells that somebody has done something at these centres since (four queries)."""
    series, home = acting.series, acting.home
    here = Q(centre=home) | Q(centre__main_link__main=home)
    files = LetterFile.objects.filter(here, series=series).order_by()
    whole = LetterDownload.objects.filter(letter_file__in=files.values("pk"), whole=True)
    arranged = CentreArrangement.objects.filter(here, series=series)
    saved = SubcentreDefaults.objects.filter(main=home, series=series)
    return [
        saved.aggregate(Sum("version")),
        arranged.aggregate(Count("pk"), Sum("version")),
        sorted(files.values_list("state").annotate(Count("pk"), Sum("done"))),
        whole.aggregate(Max("pk")),
    ]
