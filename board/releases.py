"""Releases: two people of the board change when results are released (`board.proposals`).

A proposal is not confirmed any more when what it wanted to change has been changed meanwhile; then it is
refused and proposed anew.
"""

import datetime as dt
from dataclasses import astuple, dataclass, replace

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from board import proposals
from board.models import ProposedRelease
from board.proposals import CannotPropose
from centres import audit
from centres.models import Candidate, Entry, Qualification, Release, Series
from centres.terms import terms_for_all
from core import gate_clock
from core.ask_pages import fingerprint, still_holds
from core.errors import log_error
from credentials.letters.counts import with_letters
from credentials.letters.outdated import count_outdated


@dataclass(frozen=True)
class Effects:
    """What a proposed release would do, in numbers. `letters` are outdated that are not now, at so many
    `centres`; `passed`: candidates see results as soon as it is confirmed."""

    candidates: int
    printed: int
    letters: int
    centres: int
    passed: bool
    staff_passed: bool

    @property
    def counted(self) -> str:
        """What the page of a proposal tells (`core.ask_pages`)."""
        return fingerprint(*astuple(self))


def release_now(series: Series, qualification: Qualification) -> Release | None:
    return Release.objects.filter(series=series, qualification=qualification).first()


def check(proposal: ProposedRelease) -> None:
    """Raises CannotPropose for what changes nothing, or waits already."""
    release = release_now(proposal.series, proposal.qualification)
    wanted = proposal.candidates_at, proposal.staff_at
    if release and (release.candidates_at, release.staff_at) == wanted:
        raise CannotPropose(f"{proposal} is released at this very time already.")
    if proposal.staff_at and proposal.staff_at > proposal.candidates_at:
        raise CannotPropose("Staff see results before candidates, or at the same time.")
    waiting = ProposedRelease.objects.waiting().filter(
        series=proposal.series, qualification=proposal.qualification
    )
    if other := waiting.first():
        raise CannotPropose(
            f"{other.proposed_by} has proposed a change of {proposal} already. Confirm or refuse that "
            "first."
        )


def propose(
    proposal: ProposedRelease, *, by: User, at: dt.datetime | None = None
) -> ProposedRelease:
    """The first of two people. Raises CannotPropose."""
    check(proposal)
    release = release_now(proposal.series, proposal.qualification)
    if release:
        proposal.old_candidates_at = release.candidates_at
        proposal.old_staff_at = release.staff_at
    try:
        with transaction.atomic():
            proposals.store(proposal, by=by, at=at)
            _record("release_proposed", proposal, by)
    except IntegrityError as error:  # somebody else was a moment faster
        log_error(error, "a proposed release")
        check(proposal)
        raise
    return proposal


def confirm(
    proposal: ProposedRelease,
    *,
    by: User,
    counted: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """The second of two people: it holds from now on, if it would do what was `counted`. Raises
    CannotPropose, NeedsSecondPerson, and AskAgain."""
    with proposals.confirming(proposal, by=by, at=at) as one:
        releases = Release.objects.select_for_update().filter(
            series=one.series, qualification=one.qualification
        )
        if not one.is_about(releases.first()):
            raise CannotPropose(
                f"The release of {one} was changed after this was proposed. Refuse this, and propose it again."
            )
        if counted is not None:
            still_holds(effects_of(one, at=at), counted)
        Release.objects.update_or_create(
            series=one.series,
            qualification=one.qualification,
            defaults={"candidates_at": one.candidates_at, "staff_at": one.staff_at},
        )
        _record("release_confirmed", one, by)


def refuse(proposal: ProposedRelease, *, by: User, at: dt.datetime | None = None) -> None:
    """Nothing changes. Raises CannotPropose."""
    with proposals.refusing(proposal, by=by, at=at) as one:
        _record("release_refused", one, by)


def effects_of(proposal: ProposedRelease, *, at: dt.datetime | None = None) -> Effects:
    """Counted from what holds now; nothing is changed by asking."""
    at = at or gate_clock.now()
    name = proposal.qualification.name
    centres = with_letters(proposal.series)
    now = terms_for_all(centres, proposal.series)
    then = {
        pk: replace(
            terms, visible_from={**terms.visible_from, name: proposal.candidates_at + terms.delay}
        )
        for pk, terms in now.items()
    }
    before = count_outdated(centres, proposal.series, now) if now else {}
    after = count_outdated(centres, proposal.series, then) if then else {}
    more = {pk: count - before.get(pk, 0) for pk, count in after.items()}
    entered = _entered(proposal)
    return Effects(
        candidates=entered.count(),
        printed=entered.filter(credentials__revoked_at=None, credentials__isnull=False)
        .distinct()
        .count(),
        letters=sum(count for count in more.values() if count > 0),
        centres=sum(1 for count in more.values() if count > 0),
        passed=proposal.candidates_at <= at,
        staff_passed=bool(proposal.staff_at and proposal.staff_at <= at),
    )


def _entered(proposal: ProposedRelease) -> QuerySet[Candidate]:
    entries = Entry.objects.valid().filter(
        candidate__series=proposal.series, syllabus__qualification=proposal.qualification
    )
    return Candidate.objects.filter(pk__in=entries.order_by().values("candidate")).order_by()


def _record(action: str, proposal: ProposedRelease, by: User) -> None:
    """Without the reason, which may tell more than the trail shall."""
    old, new = audit.differences(
        {"candidates_at": proposal.old_candidates_at, "staff_at": proposal.old_staff_at},
        {"candidates_at": proposal.candidates_at, "staff_at": proposal.staff_at},
    )
    audit.record(action, by=by, series=proposal.series, subject=str(proposal), old=old, new=new)
