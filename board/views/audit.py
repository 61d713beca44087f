"""Audit trail: search it, and download what was found as a CSV."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.guards import only_searches
from accounts.requests import StaffRequest
from board import audit_search
from board.forms.audit import AuditSearchForm
from core.http import attachment


@only_searches
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    return _page(request, _form(request))


@require_http_methods(["GET", "HEAD", "POST"])
def download(request: StaffRequest) -> Any:
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    name = f"audit-trail-{timezone.now():%Y%m%d-%H%M}.csv"
    return attachment(audit_search.download(form.search(), by=request.user), name)


def _page(request: StaffRequest, form: AuditSearchForm) -> HttpResponse:
    asked = _asked(request)
    search = form.search() if form.is_valid() else None
    context = {
        "form": form,
        "search": search,
        "groups": [(slug, words) for slug, (words, _) in audit_search.GROUPS.items()],
        "page": audit_search.page(search, before=_before(asked)) if search else None,
        "later": bool(_before(asked)),
    }
    return render(request, "board/audit.html", context)


def _form(request: StaffRequest) -> AuditSearchForm:
    return AuditSearchForm(_asked(request))


def _asked(request: StaffRequest) -> dict[str, str]:
    """What is searched for is posted, so that no candidate's name stands in an address; links to the trail say
    whose centre, or what, and never a subject."""
    if request.method == "POST":
        return request.POST.dict()
    return {name: str(said) for name, said in request.GET.items() if name != "subject"}


def _before(asked: dict[str, str]) -> int | None:
    pk = asked.get("before", "")
    return int(pk) if pk.isdecimal() and len(pk) < 19 else None
