"""A centre's page in a series: its status, its candidates, its letter files (rules 5, 12 and 13)."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import StaffRequest
from centres.access import acting_for, associates_of
from centres.release_moments import moments
from centres.status import arrangement_for
from core.searching import searched_for
from credentials.letters.candidate_list import MOST_FOUND, candidates_of, find_candidates
from credentials.letters.eligibility import UNDER_WAY, blocker
from credentials.letters.letter_files import letter_files_of


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Posted by *Search*, so that who is ticked stays ticked, found or not."""
    acting = acting_for(request.user, series, centre)
    asked = request.POST if request.method == "POST" else request.GET
    search = "" if "everybody" in asked else searched_for(asked)
    ticked = set(asked.getlist("candidate"))
    if request.method == "POST" and not ticked:
        return redirect(_found(series, centre, search))
    everybody = candidates_of(acting.centre, acting.series)
    lines = [line for line in everybody if line.is_found_by(search)]
    terms = acting.terms()
    in_the_way = blocker(acting.centre, acting.series, terms)
    files = letter_files_of(acting.centre, acting.series)
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
            "search": search,
            "lines": lines,
            "ticked": ticked,
            "ticked_beside": [
                line
                for line in everybody
                if line.candidate.number in ticked and not line.is_found_by(search)
            ],
            "count": len(everybody),
            "with_access": sum(line.has_access for line in everybody),
            "with_credentials": sum(line.credentials is not None for line in everybody),
            "without_letter": sum(
                line.can_have_letter and not line.credentials for line in everybody
            ),
            "unprintable": [line.unprintable for line in everybody if line.unprintable],
            "outdated": sum(bool(line.outdated) for line in everybody),
            "reasons": sorted({reason for line in everybody for reason in line.outdated}),
            "files": files,
            "may_have_letters": terms.access or acting.acts_for_associate,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """*Find a candidate*, from every page of a series: posted, so that no name stands in an address."""
    acting = acting_for(request.user, series, centre)
    search = searched_for(request.POST)
    lines = find_candidates(acting, search)
    context = {"acting": acting, "search": search, "lines": lines, "most": MOST_FOUND}
    return render(request, "credentials/find.html", context)


def _found(series: str, centre: str, search: str) -> str:
    """The address of the list, or of what a search finds in it."""
    address = reverse("credentials:centre", args=[series, centre])
    return f"{address}?{urlencode({'search': search})}" if search else address
