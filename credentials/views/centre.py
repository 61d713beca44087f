"""Candidates and letters: the candidates of a centre in a series, and *Find a candidate* (rules 5, 12 and 13)."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import StaffRequest
from centres.access import acting_for, associates_of
from centres.release_moments import moments
from centres.status import arrangement_for
from core.searching import searched_for
from credentials.letters.candidate_list import MOST_FOUND, found_candidates, listing
from credentials.letters.eligibility import UNDER_WAY, blocker
from credentials.models import LetterFile


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Posted by the search, the filters and the pages, so that who is ticked stays ticked, shown or not."""
    acting = acting_for(request.user, series, centre)
    posted = request.method == "POST"
    here = listing(
        acting.centre, acting.series, request.POST if posted else request.GET, posted=posted
    )
    if posted and not here.ticked and not here.search:
        return redirect(reverse("credentials:centre", args=[series, centre]) + here.in_address)
    terms = acting.terms()
    in_the_way = blocker(acting.centre, acting.series, terms)
    will = Counter(line.will for line in here.ticked or here.everybody)
    return render(
        request,
        "credentials/centre.html",
        {
            "acting": acting,
            "terms": terms,
            "visible": moments(terms.visible_from, acting.centre),
            "arrangement": arrangement_for(acting.centre, acting.series),
            "blocker": "" if in_the_way == UNDER_WAY else in_the_way,  # the banner says so
            "associates": associates_of(acting.home),
            "list": here,
            "will": will,
            "beside": Counter(line.will or "nothing" for line in here.beside),
            "with_access": sum(line.has_access for line in here.everybody),
            "unprintable": [line.unprintable for line in here.everybody if line.unprintable],
            "reasons": sorted({why for line in here.everybody for why in line.outdated}),
            "files": LetterFile.objects.filter(centre=acting.centre, series=acting.series).count(),
            "may_have_letters": terms.access or acting.acts_for_associate,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """*Find a candidate*, from every page of a series: posted, so that no name stands in an address."""
    acting = acting_for(request.user, series, centre)
    search = searched_for(request.POST)
    lines = found_candidates(acting, search)
    context = {"acting": acting, "search": search, "lines": lines, "most": MOST_FOUND}
    return render(request, "credentials/find.html", context)
