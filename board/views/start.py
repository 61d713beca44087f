"""The board's start page: what there is to do, what is under way, and the way to every page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from board import service_state
from board.calendar import events, next_release
from board.models import ProposedAccess, ProposedCorrection, ProposedRelease
from core.jobs import State
from loading.models import LoadedFile
from results.holds import NAMED
from results.missing import missing
from results.models import Hold


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    loads = LoadedFile.objects.exclude(step=LoadedFile.Step.ARRIVING)
    lacking = missing.of_releases(at)
    checks = service_state.state(at=at, lacking=lacking)
    files = loads.filter(
        step=LoadedFile.Step.CHECK,
        state=State.READY,
        needs_second_person=True,
        destroyed_at=None,
        found__bad=0,
    ).exclude(found__changes=0)
    context = {
        "coming": next_release(events(), at),
        "proposals": ProposedRelease.objects.waiting(),
        "corrections": ProposedCorrection.objects.waiting(),
        "accounts": ProposedAccess.objects.waiting(),
        "holds": Hold.objects.in_force().filter(asked_at__isnull=False).select_related(*NAMED),
        "files": files,
        "lacking": lacking,
        "under_way": loads.under_way(),
        "worst": service_state.worst(checks),
        "checks": checks,
    }
    return render(request, "board/start.html", context)
