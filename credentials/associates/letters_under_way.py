"""Letters under way, for every page of a series: how far they are, and that they failed.

Read from the rows, so that it is there again for whoever closed the browser, and for a colleague: of
the newest letter file of the centre; for a main centre's officer also of what is being made at many
Associate Centres in one go. Staff of a centre without access are told of none, for they can do nothing
there (rule 9).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, When

from centres.access import ActingFor
from core.worker import no_worker
from credentials.associates.batch_progress import UNDER_WAY, batches_of
from credentials.models import LetterBatch, LetterFile

State = LetterFile.State


@dataclass(frozen=True)
class UnderWay:
    """`file` and `batch`: what is being made, or has failed; or, of what somebody watched, how it ended. None where
    there is nothing to tell."""

    file: LetterFile | None
    batch: Any  # a row of batches_of

    @property
    def under_way(self) -> bool:
        """Whether there will be more to tell soon."""
        return bool((self.file and self.file.under_way) or (self.batch and self.batch.under_way))


def work_at(acting: ActingFor, *, file: UUID | None = None, batch: UUID | None = None) -> UnderWay:
    """What to tell whoever is acting here (at most six queries, two when no letters were asked for).

    `file` and `batch` are those that were told of a moment ago, so that their end is told as well.
    """
    newest = _newest(acting)
    told = newest and (newest.state != State.READY or newest.pk == file)
    gone = newest and newest.state == State.DESTROYED
    return UnderWay(
        file=newest if told and not gone and acting.may_act() else None, batch=_batch(acting, batch)
    )


def failed_at(acting: ActingFor) -> LetterFile | None:
    """The newest letter file, if it could not be finished and nothing is made anew (one or two queries)."""
    newest = _newest(acting)
    failed = newest and newest.state == State.FAILED
    return newest if failed and acting.may_act() else None


def _newest(acting: ActingFor) -> LetterFile | None:
    files = LetterFile.objects.filter(centre=acting.centre, series=acting.series)
    moving_first = Case(When(state__in=UNDER_WAY, then=0), default=1)  # an old one, tried again
    newest = files.defer("chosen", "wrapped_key").order_by(moving_first, "-asked_at").first()
    if newest:
        newest.held_up = newest.under_way and no_worker(LetterFile)
    return newest


def _batch(acting: ActingFor, watched: UUID | None) -> LetterBatch | None:
    """For staff of a main centre, whichever of its centres they act for."""
    if acting.main and not acting.acts_for_associate:
        return None
    batches = batches_of(acting.home, acting.series)
    if watched:
        return batches.filter(pk=watched).first()
    moving = LetterFile.objects.under_way().filter(batch=OuterRef("pk"))
    return batches.filter(Exists(moving)).first()
