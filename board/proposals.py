"""Proposals: what takes two people of the board (rule 26). One proposes, with a reason; another confirms.

Nothing holds until it is confirmed. The proposer cannot confirm, nor may either be an account that
somebody else opened lately (`accounts.four_eyes`). If what is proposed has since got another name, it
cannot be confirmed: the second person would not know what they confirm. The proposer may take it back.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts import four_eyes
from accounts.models import User
from board.models import Proposal

P = TypeVar("P", bound=Proposal)
Decision = Proposal.Decision


class CannotPropose(ValueError):
    """This cannot be proposed, confirmed or refused; the message says why."""


class NeedsSecondPerson(CannotPropose):
    """This person cannot be the second one; the message says who can, and from when."""


def store(proposal: Proposal, *, by: User, at: dt.datetime | None = None) -> None:
    """Keep it, in the words of this moment, in the caller's transaction. Raises CannotPropose."""
    if not proposal.reason.strip():
        raise CannotPropose("Say why.")
    proposal.words = proposal.in_words()
    proposal.proposed_by, proposal.proposed_at = by.username, at or timezone.now()
    proposal.save(force_insert=True)


@contextmanager
def confirming(proposal: P, *, by: User, at: dt.datetime | None = None) -> Iterator[P]:
    """Do inside it what was proposed: in one transaction, with the proposal locked, and decided at its end.

    Raises CannotPropose, NeedsSecondPerson.
    """
    with transaction.atomic():
        one = _locked(proposal)
        own = f"You proposed this, so somebody else at the board must confirm it: {one}."
        if why := four_eyes.why_not(one.proposed_by, by.username, own=own, at=at):
            raise NeedsSecondPerson(why)
        if one.is_called_otherwise:
            raise CannotPropose(
                f"This was proposed as “{one.words}”, which is called “{one.in_words()}” now. Refuse this, "
                "and propose it again."
            )
        yield one
        _decide(one, Decision.CONFIRMED, by, at)


@contextmanager
def refusing(proposal: P, *, by: User, at: dt.datetime | None = None) -> Iterator[P]:
    """Nothing changes. Raises CannotPropose."""
    with transaction.atomic():
        one = _locked(proposal)
        yield one
        _decide(one, Decision.REFUSED, by, at)


def _locked(proposal: P) -> P:
    one: P = type(proposal)._default_manager.select_for_update().get(pk=proposal.pk)  # type: ignore[assignment]
    if not one.waits:
        raise CannotPropose(
            f"{one.decided_by} has {one.get_decision_display().lower()} this already."
        )
    return one


def _decide(proposal: Proposal, decision: Decision, by: User, at: dt.datetime | None) -> None:
    proposal.decision = decision
    proposal.decided_by, proposal.decided_at = by.username, at or timezone.now()
    proposal.save(update_fields=["decision", "decided_by", "decided_at"])
