"""Audit trail: search it, and download what was found as a CSV."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from board import audit_search
from board.forms.audit import AuditSearchForm
from core.http import attachment


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    form = _form(request)
    page = audit_search.page(form.search(), before=_before(request)) if form.is_valid() else None
    return render(request, "board/audit.html", {"form": form, "page": page})


@require_safe
def download(request: StaffRequest) -> Any:
    form = _form(request)
    if not form.is_valid():
        return render(request, "board/audit.html", {"form": form, "page": None})
    name = f"audit-trail-{timezone.now():%Y%m%d-%H%M}.csv"
    return attachment(audit_search.download(form.search(), by=request.user), name)


def _form(request: StaffRequest) -> AuditSearchForm:
    return AuditSearchForm(request.GET)


def _before(request: StaffRequest) -> int | None:
    asked = request.GET.get("before", "")
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None
