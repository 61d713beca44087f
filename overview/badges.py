"""Badges at the tabs and the centres that need something: how much this person can act on now (rule 13).

Only counts, and only of what somebody may do here: a badge is amber, and none is shown for what another has to do.
A main centre's tab counts the Associate Centres that need something; whoever acts for one of them keeps
the others at hand.
"""

from dataclasses import dataclass

from centres.access import ActingFor
from centres.models import Centre
from centres.workspace import tabs_for
from overview.reading import Reading, reading_of
from overview.steps import waiting_in


@dataclass(frozen=True)
class Badge:
    """At the tab of this key. `count` is none where nothing is needed."""

    tab: str
    count: int

    @property
    def figure(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True)
class Badges:
    """Of the tabs that are shown, and the Associate Centres that need something, in order of number."""

    badges: list[Badge]
    needing: list[Centre]


def badges_of(acting: ActingFor) -> Badges:
    """As many queries as `reading_of`."""
    reading = reading_of(acting, beside=True)
    attached = reading.attached or reading.beside
    needing = [row.centre for row in attached if row.needs_something]
    counts = {"letters": _at_own(reading), "associates": len(needing)}
    shown = {tab.key for tab, _ in tabs_for(acting, is_main=reading.is_main)}
    return Badges(
        [Badge(key, count) for key, count in counts.items() if key in shown],
        [centre for centre in needing if centre != acting.centre],
    )


def _at_own(reading: Reading) -> int:
    """How many candidates of the centre itself wait for something that this person can do."""
    return sum(one.candidates for one in waiting_in(reading, attached=False) if one.may_act)
