"""The state of the service at a glance."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from board import service_state


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    checks = service_state.state(at=at)
    context = {"checks": checks, "worst": service_state.worst(checks), "at": at}
    return render(request, "board/state.html", context)
