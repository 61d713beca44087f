"""*By candidate*: find one, and see all that the centre may know of them in this series."""

import re

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import StaffRequest
from centres.access import ActingFor, viewing_for
from centres.models import Candidate, Entry
from core import gate_clock
from core.searching import searched_for
from results.history import changes_of
from results.staff_release import Outcome, outcomes_for
from results.staff_site.context import framed
from results.staff_site.listing import CANDIDATE_SORTS, Order, candidates_found

CANDIDATES_A_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """A search is posted, and so are the pages of what it finds: no name stands in an address."""
    acting = viewing_for(request.user, series, centre)
    asked, search = request.POST or request.GET, searched_for(request.POST)
    order = Order.read(asked.get("sort", ""), CANDIDATE_SORTS)
    if request.method == "POST" and not search:
        return redirect(
            f"{reverse('results:candidates', args=[series, centre])}?sort={order.asked}"
        )
    found = candidates_found(_candidates(acting), search=search, order=order)
    page = Paginator(found, CANDIDATES_A_PAGE).get_page(asked.get("page"))
    candidates = list(page.object_list)
    outcomes = outcomes_for(acting.centre, acting.series, user=acting.user, candidates=candidates)
    of_candidates: dict[int, list[Outcome]] = {one.pk: [] for one in candidates}
    for outcome in outcomes:
        of_candidates[outcome.candidate].append(outcome)
    return render(
        request,
        "results/by_candidate.html",
        _framed(
            acting,
            outcomes,
            search=search,
            order=order.asked,
            page=page,
            lines=[(one, of_candidates[one.pk]) for one in candidates],
        ),
    )


@require_safe
def show(request: StaffRequest, series: str, centre: str, number: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    if not re.fullmatch(r"[0-9]{4}", number):
        raise Http404
    candidate = get_object_or_404(_candidates(acting), number=number)
    at = gate_clock.now()  # one moment for all that the page says
    outcomes = outcomes_for(
        acting.centre, acting.series, user=acting.user, candidates=[candidate], at=at
    )
    changes = changes_of(
        Entry.objects.filter(candidate=candidate), acting.series, user=acting.user, at=at
    )
    return render(
        request,
        "results/candidate.html",
        _framed(
            acting,
            outcomes,
            candidate=candidate,
            outcomes=outcomes,
            has_results=any(one.grade for one in outcomes),
            has_components=any(one.components for one in outcomes),
            changes=list(changes),
        ),
    )


def _candidates(acting: ActingFor):
    return Candidate.objects.filter(centre=acting.centre, series=acting.series)


def _framed(acting: ActingFor, shown: list[Outcome], **more) -> dict:
    return framed(
        acting,
        restricted={
            one.qualification: one.restricted_until for one in shown if one.restricted_until
        },
        awaited={one.qualification: one.awaited_at for one in shown if one.awaited_at},
        not_available=sum(one.not_available for one in shown),
        view="candidate",
        has_grades=any(one.grade for one in shown),
        **more,
    )
