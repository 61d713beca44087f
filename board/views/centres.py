"""Centres: find one, and see what it is, who works there, and what is in its series."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import StaffRequest
from board import centre_links, centres
from board.forms.centre_links import LinkForm
from centres.models import Centre
from core.searching import searched_for

A_PAGE = 100


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """A school's name is no person's, so it may stand in the address."""
    wanted = searched_for(request.GET)
    kind = request.GET.get("kind", "")
    kind = kind if kind in centres.KINDS else ""
    found = centres.found(wanted)
    counts = centres.counted(found)
    context = {
        "page": Paginator(found.filter(centres.KINDS[kind][1]), A_PAGE).get_page(
            request.GET.get("page")
        ),
        "kinds": [
            (name, words, counts[name or "all"]) for name, (words, _) in centres.KINDS.items()
        ],
        "kind": kind,
        "search": wanted,
    }
    return render(request, "board/centres.html", context)


@require_safe
def show(request: StaffRequest, number: str) -> HttpResponse:
    centre, main = _with_main(number)
    attached = list(centres.attached_to(centre))
    context = {
        "centre": centre,
        "main": main,
        "attached": attached,
        "staff": centres.staff_of(centre),
        "series": centres.in_each_series(centre),
        "now": timezone.now(),
    }
    return render(request, "board/centre.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: StaffRequest, number: str) -> HttpResponse:
    """Attach, move or detach it: what ends, then the page of a file that changes just that."""
    centre, main = _with_main(number)
    form = LinkForm(request.POST or None, centre=centre, now=main.number if main else "")
    if form.is_valid():
        load = centre_links.propose(centre, main=form.cleaned_data["main_centre"], by=request.user)
        return redirect("loading:file", load.pk)
    series = centres.in_each_series(centre)
    context = {"centre": centre, "main": main, "form": form, "series": series}
    return render(request, "board/centre_link.html", context)


def _with_main(number: str) -> tuple[Centre, Centre | None]:
    centre = get_object_or_404(Centre.objects.select_related("main_link__main"), number=number)
    return centre, centre.main_link.main if hasattr(centre, "main_link") else None
