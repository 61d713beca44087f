"""A correction of one result has a reason, kept with the old result (rule 21). Before any staff can see the
result one person of the board corrects it; from that instant on it takes two (rule 26,
`board.proposals`). A file of results corrects many, under the same rule.

No grade stands in the audit trail, nor the centre: its own trail would tell its staff whose grade was
changed.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from board import proposals
from board.models import ProposedCorrection
from board.proposals import CannotPropose
from centres import audit
from centres.grades import OUTCOMES, allowed
from centres.models import Release, Series
from core.ask_pages import fingerprint, still_holds
from core.errors import log_error
from results import corrections
from results.models import Result


def takes_two(result: Result, at: dt.datetime | None = None) -> bool:
    """Whether staff with the right may see it by now, unless it is held."""
    at = at or timezone.now()
    release = Release.objects.filter(
        series=_series(result), qualification=result.entry.syllabus.qualification_id
    ).first()
    return release is not None and (release.staff_at or release.candidates_at) <= at


@dataclass(frozen=True)
class Told:
    """What the page that asks tells of a result: what it is now, and whether two people are needed."""

    result: Result
    takes_two: bool

    @property
    def counted(self) -> str:
        return fingerprint(self.result.pk, self.result.grade, self.result.pum, self.takes_two)


def told_of(result: Result, at: dt.datetime | None = None) -> Told:
    return Told(result, takes_two(result, at))


def check(proposal: ProposedCorrection) -> None:
    """Raises CannotPropose for what cannot be, changes nothing, or waits already."""
    result, qualification = proposal.result, proposal.result.entry.syllabus.qualification
    if proposal.grade not in allowed(qualification):
        scale = ", ".join([*qualification.grades.split(), *OUTCOMES])
        raise CannotPropose(f"This is not a grade of {qualification}. Its grades are {scale}.")
    if proposal.grade in OUTCOMES and proposal.pum is not None:
        raise CannotPropose("X, Q and Y have no PUM.")
    if (proposal.grade, proposal.pum) == (result.grade, result.pum):
        raise CannotPropose("This is what the result is already.")
    if other := ProposedCorrection.objects.waiting().filter(result=result).first():
        raise CannotPropose(
            f"{other.proposed_by} has proposed a correction of this result already. Confirm or refuse "
            "that first."
        )


def correct(
    proposal: ProposedCorrection,
    *,
    by: User,
    counted: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """At once, by one person, what nobody can see yet. Raises CannotPropose, AskAgain."""
    with transaction.atomic():
        proposal.result = _locked(proposal)
        now = told_of(proposal.result, at)
        still_holds(now, counted)
        check(proposal)
        if now.takes_two:
            raise CannotPropose(
                "Staff may see this result by now, so a second person must confirm it."
            )
        _store(proposal, by, at)
        _record("result_corrected", proposal, by)


def propose(
    proposal: ProposedCorrection,
    *,
    by: User,
    counted: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """The first of two people. Raises CannotPropose, AskAgain."""
    try:
        with transaction.atomic():
            proposal.result = _locked(proposal)
            still_holds(told_of(proposal.result, at), counted)
            check(proposal)
            proposal.old_grade, proposal.old_pum = proposal.result.grade, proposal.result.pum
            proposals.store(proposal, by=by, at=at)
            _record("correction_proposed", proposal, by)
    except IntegrityError as error:  # somebody else was a moment faster
        log_error(error, "a proposed correction")
        check(proposal)
        raise


def confirm(proposal: ProposedCorrection, *, by: User, at: dt.datetime | None = None) -> None:
    """The second of two people: it shows at once. Raises CannotPropose, NeedsSecondPerson."""
    with proposals.confirming(proposal, by=by, at=at) as one:
        one.result = _locked(one)
        if not one.is_about(one.result):
            raise CannotPropose(
                "The result was changed after this was proposed. Refuse this, and propose it again."
            )
        _store(one, by, at)
        _record("correction_confirmed", one, by)


def refuse(proposal: ProposedCorrection, *, by: User, at: dt.datetime | None = None) -> None:
    """Nothing changes. Raises CannotPropose."""
    with proposals.refusing(proposal, by=by, at=at) as one:
        _record("correction_refused", one, by)


def _locked(proposal: ProposedCorrection) -> Result:
    return Result.objects.select_for_update().get(pk=proposal.result_id)


def _store(proposal: ProposedCorrection, by: User, at: dt.datetime | None) -> None:
    wanted = corrections.Correction(proposal.result, proposal.grade, proposal.pum)
    try:
        corrections.correct([wanted], by=by, reason=proposal.reason, at=at)
    except ValueError as error:
        raise CannotPropose(f"It cannot be corrected so: {error}.") from None


def _record(action: str, proposal: ProposedCorrection, by: User) -> None:
    audit.record(action, by=by, series=_series(proposal.result), subject=str(proposal))


def _series(result: Result) -> Series | None:
    """Also of somebody who has lost the number, and may have it back with this result (rule 22)."""
    candidate = result.entry.candidate
    return candidate.series or candidate.former_series
