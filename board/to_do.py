"""What waits for a second person of the board, or for keyholders, in one list, the oldest first (rules 26, 28).

Releases, corrections and accounts that somebody has proposed, holds that somebody has asked to release, and files
that another than who gave them applies. Whoever began it cannot finish it, and is told so.
"""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from board.models import (
    Proposal,
    ProposedAccess,
    ProposedCorrection,
    ProposedErasure,
    ProposedRelease,
)
from core.dates import board_clock, board_time, minute
from loading.models import LoadedFile
from results.holds import NAMED
from results.models import Hold
from sealed import ceremonies
from sealed.models import Ceremony


@dataclass(frozen=True)
class ToDo:
    """`own`: this person began it. `verb` and `by`: “Proposed by” whom. `what`: a release, a hold, … `mine`: whether
    this person can finish it, where that is known here (else `accounts.four_eyes` says so)."""

    icon: str
    words: str
    verb: str
    by: str
    at: dt.datetime
    address: str
    what: str
    own: bool
    mine: bool | None = None


def to_do(user: User) -> list[ToDo]:
    """Seven queries, and three while keyholders are at something, however much there is."""
    releases = ProposedRelease.objects.waiting().select_related("series", "qualification")
    holds = Hold.objects.in_force().filter(asked_at__isnull=False).select_related(*NAMED)
    files = LoadedFile.objects.to_apply().filter(needs_second_person=True)
    found = [
        *(_proposed(one, user, _of_release(one), "release", "calendar") for one in releases),
        *(
            _proposed(one, user, f"Correct {one}", "correction", "pencil")
            for one in ProposedCorrection.objects.waiting()
        ),
        *(
            _proposed(one, user, str(one), "account", "people")
            for one in ProposedAccess.objects.waiting()
        ),
        *(
            _proposed(
                one, user, f"Remove what is kept of: {one}", "removal", "people", "erasures:erasure"
            )
            for one in ProposedErasure.objects.waiting()
        ),
        *(_hold(one, one.asked_at, user) for one in holds if one.asked_at),
        *(_file(one, user) for one in files),
        *(
            _ceremony(one, user)
            for one in Ceremony.objects.under_way().select_related("seal__series")
        ),
    ]
    return sorted(found, key=lambda one: one.at)


def _proposed(one: Proposal, user: User, words: str, what: str, icon: str, page: str = "") -> ToDo:
    return ToDo(
        icon=icon,
        words=words,
        verb="Proposed",
        by=one.proposed_by,
        at=one.proposed_at,
        address=reverse(page or f"board:{what}", args=[one.pk]),
        what=what,
        own=one.proposed_by == user.username,
    )


def _of_release(one: ProposedRelease) -> str:
    before = one.old_candidates_at
    instead = f" instead of {minute(before, board_clock())}" if before else ""
    if before == one.candidates_at:
        return f"{one}: another time for staff"
    return f"{one}: candidates from {board_time(one.candidates_at)}{instead}"


def _hold(one: Hold, at: dt.datetime, user: User) -> ToDo:
    return ToDo(
        icon="pause",
        words=f"Release hold: {one}",
        verb="Asked",
        by=one.asked_by,
        at=at,
        address=f"{reverse('board:hold_release')}?hold={one.pk}",
        what="hold",
        own=one.asked_by == user.username,
    )


def _file(one: LoadedFile, user: User) -> ToDo:
    return ToDo(
        icon="file",
        words=f"Apply a file of {one.kind}: {one.name}",
        verb="Uploaded",
        by=one.asked_by,
        at=one.asked_at,
        address=reverse("loading:file", args=[one.pk]),
        what="file",
        own=one.asked_by == user.username,
    )


def _ceremony(one: Ceremony, user: User) -> ToDo:
    until = one.ends_at.replace(second=0, microsecond=0)
    return ToDo(
        icon="lock",
        words=f"{one}: passphrases of keyholders, until {minute(until, board_clock())}",
        verb="Begun",
        by=one.begun_by,
        at=one.begun_at,
        address=reverse("sealed:ceremony", args=[one.pk]),
        what="who has given theirs",
        own=False,
        mine=ceremonies.lacks(one, user),
    )
