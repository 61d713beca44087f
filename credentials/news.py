"""What every page of a series says of letters: how far they are, until somebody has taken them.

Read from the rows, so that it is there again for whoever closed the browser, and for a colleague:
the newest letter file of the centre while it is being made, when it failed, and when it is ready
and nobody has downloaded it; for a main centre's officer also what is being made at many Associate
Centres in one go. Staff of a centre without access are told of none, for they can do nothing there
(rule 9).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, When

from centres.access import Desk
from centres.models import AuditEvent, Centre, Series
from centres.work import no_worker
from credentials.batches.state import UNDER_WAY, batches_of
from credentials.models import LetterBatch, LetterFile

State = LetterFile.State


@dataclass(frozen=True)
class News:
    """`file` and `batch`: what there is to tell of, or None. `but`: what the page itself tells."""

    file: LetterFile | None
    batch: Any  # a row of batches_of
    but: UUID | None = None

    @property
    def under_way(self) -> bool:
        """Whether there will be more to tell soon."""
        return bool((self.file and self.file.under_way) or (self.batch and self.batch.under_way))


def news_for(desk: Desk, *, but: UUID | None = None, watched: UUID | None = None) -> News:
    """What to tell on this desk (at most five queries, two when there is nothing to tell).

    `but` is the letter file, or batch, that the page itself tells of; `watched` the batch that was
    told of a moment ago, so that its end is told as well.
    """
    file, batch = _file(desk), _batch(desk, watched)
    return News(
        file=file if file and file.pk != but and _may_be_told(desk) else None,
        batch=batch if batch and batch.pk != but else None,
        but=but,
    )


def _file(desk: Desk) -> LetterFile | None:
    files = LetterFile.objects.filter(centre=desk.centre, series=desk.series)
    moving_first = Case(When(state__in=UNDER_WAY, then=0), default=1)  # an old one, tried again
    newest = files.defer("chosen", "wrapped_key").order_by(moving_first, "-asked_at").first()
    if newest is None or newest.state == State.DESTROYED:
        return None
    if newest.state == State.READY and not _waits_to_be_taken(newest, desk.centre, desk.series):
        return None
    newest.held_up = newest.under_way and no_worker(LetterFile)
    return newest


def _waits_to_be_taken(file: LetterFile, centre: Centre, series: Series) -> bool:
    """With a login that works, and not downloaded since it was finished."""
    taken = AuditEvent.objects.filter(
        action="letters_downloaded",
        centre=centre.number,
        series=str(series),
        subject=f"Letter file {file.pk}",
    )
    if file.finished_at:
        taken = taken.filter(at__gte=file.finished_at)
    return not taken.exists() and file.credentials.live().exists()


def _batch(desk: Desk, watched: UUID | None) -> LetterBatch | None:
    """For staff of a main centre, whichever of its centres they act for."""
    if desk.main and not desk.acts_for_associate:
        return None
    batches = batches_of(desk.home, desk.series)
    if watched:
        return batches.filter(pk=watched).first()
    moving = LetterFile.objects.under_way().filter(batch=OuterRef("pk"))
    return batches.filter(Exists(moving)).first()


def _may_be_told(desk: Desk) -> bool:
    return desk.acts_for_associate or desk.main is None or desk.terms().access
