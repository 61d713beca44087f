"""The state of the service at a glance."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from centres.staff_requests import StaffRequest
from portal.desk import state


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    parts = state.state(at=at)
    context = {"parts": parts, "worst": state.worst(parts), "at": at}
    return render(request, "board/state.html", context)
