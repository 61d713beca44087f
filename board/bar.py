"""The board's bar: its tabs, and at each what waits, amber where this person can do something about it.

It stands on every page of the board, so all its counts are one query, whatever there is, and a second one while
something waits: whether this account counts as another person's (`accounts.four_eyes`). How the service is, which
costs more to ask, is shown as it was found lately (`board.figures`).
"""

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.urls import reverse

from accounts import four_eyes
from accounts.models import User
from board import figures
from board.models import ProposedAccess, ProposedCorrection, ProposedErasure, ProposedRelease
from centres.models import Centre
from loading.models import LoadedFile
from results.models import Hold
from sealed import ceremonies
from sealed.models import Ceremony

ANYBODY = ""  # by whom something is that waits for no second person
KEYHOLDERS = "  "  # by whom something is that keyholders do together (`sealed.ceremonies`)
NOBODY = " "  # by whom something is that nobody need do anything about: no username is written so
WHO_APPLIES = Case(When(needs_second_person=True, then=F("asked_by")), default=Value(ANYBODY))
WHO_ASKED = Case(When(asked_by="", then=Value(NOBODY)), default=F("asked_by"))


@dataclass(frozen=True)
class Tab:
    """`pages`: the names of the addresses below it. `waits`: what the number at it counts, for who listens."""

    key: str
    words: str
    view: str
    pages: tuple[str, ...] = ()
    waits: str = ""

    def holds(self, address: str) -> bool:
        return any(fnmatchcase(address, page) for page in (self.view, *self.pages))

    @property
    def address(self) -> str:
        return reverse(self.view)


@dataclass(frozen=True)
class Shown:
    """A tab as it stands on the page. `mine`: this person can do something about what waits."""

    tab: Tab
    here: bool
    count: int = 0
    mine: bool = False


TABS = (
    Tab("home", "Home", "board:start", ("board:home_*",)),
    Tab("load", "Load files", "loading:files", ("loading:*",), "to apply"),
    Tab("sealed", "Sealed results", "sealed:start", ("sealed:*",), "under way"),
    Tab(
        "releases",
        "Releases",
        "board:releases",
        ("board:release*", "board:calendar*", "board:missing*"),
        "proposed",
    ),
    Tab("holds", "Holds", "board:holds", ("board:hold*",), "in force"),
    Tab(
        "corrections",
        "Corrections",
        "board:corrections",
        ("board:correct*", "board:candidate"),
        "proposed",
    ),
    Tab("centres", "Centres", "board:centres", ("board:centre*",)),
    Tab(
        "people",
        "People",
        "board:accounts",
        ("board:account*", "board:person*", "erasures:*"),
        "proposed",
    ),
    Tab("audit", "Audit trail", "board:audit", ("board:audit*",)),
    Tab(
        "state",
        "Service state",
        "board:service_state",
        ("board:qualification*", "admin:*"),
        "to look at",
    ),
)


def tabs(user: User, address: str) -> tuple[list[Shown], int]:
    """The tabs, with what waits at each, and how many centres there are."""
    waiting = _waiting()
    centres = sum(waiting.pop("centres").values())
    able = _able(user, waiting)
    found = [
        Shown(
            tab,
            tab.holds(address),
            sum(waiting.get(tab.key, {}).values()),
            bool(able & waiting.get(tab.key, Counter()).keys()),
        )
        for tab in TABS
    ]
    worries = figures.known_worries()
    *others, state = found
    return [*others, Shown(state.tab, state.here, worries, bool(worries))], centres


def _able(user: User, waiting: dict[str, Counter[str]]) -> set[str]:
    """Those of the usernames whose proposals this account can confirm, and ANYBODY."""
    others = {by for counts in waiting.values() for by in counts} - {ANYBODY, NOBODY}
    able = {ANYBODY}
    if KEYHOLDERS in others and _is_asked(user):
        able.add(KEYHOLDERS)
    return able | four_eyes.can_be_finished_by(user.username, others - {KEYHOLDERS})


def _is_asked(user: User) -> bool:
    """Whether this person's passphrase lacks in what keyholders are at."""
    return any(ceremonies.lacks(one, user) for one in Ceremony.objects.under_way())


def _waiting() -> dict[str, Counter[str]]:
    """Tab -> who began what waits there -> how many."""
    first, *others = (
        _counted("centres", Centre.objects.all(), Value(NOBODY)),
        _counted("load", LoadedFile.objects.to_apply(), WHO_APPLIES),
        _counted("releases", ProposedRelease.objects.waiting(), F("proposed_by")),
        _counted("corrections", ProposedCorrection.objects.waiting(), F("proposed_by")),
        _counted("people", ProposedAccess.objects.waiting(), F("proposed_by")),
        _counted("people", ProposedErasure.objects.waiting(), F("proposed_by")),
        _counted("holds", Hold.objects.in_force(), WHO_ASKED),
        _counted("sealed", Ceremony.objects.under_way(), Value(KEYHOLDERS)),
    )
    found: dict[str, Counter[str]] = {"centres": Counter()}
    for tab, by, count in first.union(*others, all=True):
        if count:
            found.setdefault(tab, Counter())[by] += count
    return found


def _counted(tab: str, rows: QuerySet[Any], by: Any) -> QuerySet[Any]:
    named = rows.order_by().values_list(Value(tab, CharField()), by)
    return named.annotate(many=Count("pk"))
