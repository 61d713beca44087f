"""The banner on every page of a series: how far letters are, while they are made, and when they failed.

Read from the rows, so that it is there again for whoever closed the browser, and for a colleague: of
the newest letter file of the centre; for a main centre's officer also of what is being made at many
Associate Centres in one go. Staff of a centre without access are told of none, for they can do nothing
there (rule 9).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Case, Exists, OuterRef, When
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, acting_for
from core import plain_text
from core.worker import no_worker
from credentials.associates.batch_progress import UNDER_WAY, batches_of
from credentials.models import LetterBatch, LetterFile

State = LetterFile.State


@dataclass(frozen=True)
class Banner:
    """`file` and `batch`: what there is to tell of, or None. `but`: what the page itself tells."""

    file: LetterFile | None
    batch: Any  # a row of batches_of
    but: UUID | None = None

    @property
    def under_way(self) -> bool:
        """Whether there will be more to tell soon."""
        return bool((self.file and self.file.under_way) or (self.batch and self.batch.under_way))


class ToldForm(plain_text.Form):
    """What the page itself tells of, and the batch that was told of a moment ago."""

    but = forms.UUIDField(required=False)
    watched = forms.UUIDField(required=False)


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Asked for again and again until they are done."""
    acting = acting_for(request.user, series, centre)
    form = ToldForm(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    return render(
        request,
        "credentials/_banner.html",
        {"acting": acting, "banner": banner_for(acting, **told)},
    )


def banner_for(
    acting: ActingFor, *, but: UUID | None = None, watched: UUID | None = None
) -> Banner:
    """What to tell whoever is acting here (at most six queries, two when no letters were asked for).

    `but` is the letter file, or batch, that the page itself tells of; `watched` the batch that was
    told of a moment ago, so that its end is told as well.
    """
    batch = _batch(acting, watched)
    batch = batch if batch and batch.pk != but else None
    newest = _newest(acting)
    told = newest and (newest.under_way or newest.state == State.FAILED) and newest.pk != but
    return Banner(file=newest if told and acting.may_act() else None, batch=batch, but=but)


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
