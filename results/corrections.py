"""Corrections of results, which keep what was: the grade, the PUM, when, by whom and why (rule 21).

The marks of components are no outcome: other marks take the place of those that were there, and with
the same grade and PUM the history says nothing of it. With another grade, old marks for which none are
given go: none at all are better than such as do not make the grade beside them.

Nothing else writes a row of ResultChange, and the database refuses to change one or to delete it, with its
result or without (`core.only_grows`). Whoever corrects writes the audit row, in the same
transaction: one for a load, one for each act of the board.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from centres.grades import OUTCOMES
from centres.models import Candidate
from results import last_change
from results.components import Components
from results.models import Result, ResultChange

UNDATED = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Correction:
    """A result as it is stored, and what it shall be; `components` is None where nothing is said of them."""

    result: Result
    grade: str
    pum: int | None
    components: Components | None = None

    @property
    def differs(self) -> bool:
        return (self.grade, self.pum) != (self.result.grade, self.result.pum)

    @property
    def marks(self) -> Components:
        """The components' marks that the result shall have."""
        if self.components is not None:
            return self.components
        return self.result.components if self.grade == self.result.grade else ()


def correct(
    corrections: Sequence[Correction], *, by: User | str, reason: str, at: dt.datetime | None = None
) -> None:
    """Store these corrections; one that changes nothing leaves no trace. Those that are UNDATED are dated
    later in the same transaction, by `date_corrections`.

    Raises ValueError without a reason, or for a PUM beside X, Q or Y.
    """
    if not reason.strip():
        raise ValueError("a correction needs a reason")
    if any(one.pum is not None and one.grade in OUTCOMES for one in corrections):
        raise ValueError("X, Q and Y have no PUM")
    differing = [one for one in corrections if one.differs]
    with transaction.atomic():
        if differing:  # the moment by which it is judged whether it could be seen before
            at = at or _moment(differing[0])
        ResultChange.objects.bulk_create(
            ResultChange(
                result=one.result,
                at=at,  # type: ignore[misc]  # where anything differs
                by=by if isinstance(by, str) else by.username,
                reason=reason[:200],
                old_grade=one.result.grade,
                old_pum=one.result.pum,
            )
            for one in differing
        )
        marked = [one for one in corrections if one.differs or one.marks != one.result.components]
        for one in marked:
            one.result.components = one.marks  # first: it asks whether the grade changes
            one.result.grade, one.result.pum = one.grade, one.pum
        # Faster by far than `bulk_update`, which writes a condition for each row and field.
        Result.objects.bulk_create(
            [one.result for one in marked],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["grade", "pum", "components"],
        )


def date_corrections(*, at: dt.datetime) -> None:
    """When the corrections of this transaction that are UNDATED were made; it can be said once."""
    ResultChange.objects.filter(at=UNDATED).update(at=at)


def _moment(correction: Correction) -> dt.datetime:
    """Of this one and others of its series."""
    candidate = Candidate.objects.get(entries=correction.result.entry_id)
    return last_change.next_of(candidate.series_id or candidate.former_series_id)  # type: ignore[arg-type]  # has one
