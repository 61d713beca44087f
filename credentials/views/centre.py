"""A centre's page in a series: its status, its candidates, its letter files."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from centres.access import Desk, StaffRequest, associates_of, desk_for
from centres.status import arrangement_for
from centres.times import moments
from credentials.candidate_list import candidates_of
from credentials.files import letter_files_of
from credentials.issuing import obstacle


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    desk = desk_for(request.user, series, centre)
    search = request.GET.get("search", "").strip()
    everybody = candidates_of(desk.centre, desk.series)
    lines = candidates_of(desk.centre, desk.series, search=search) if search else everybody
    terms = desk.terms()
    files = letter_files_of(desk.centre, desk.series)
    return render(
        request,
        "credentials/centre.html",
        {
            "desk": desk,
            "terms": terms,
            "visible": moments(terms.visible_from, desk.centre),
            "arrangement": arrangement_for(desk.centre, desk.series),
            "obstacle": obstacle(desk.centre, desk.series, terms),
            "associates": associates_of(desk.home),
            "search": search,
            "lines": lines,
            "count": len(everybody),
            "with_access": sum(line.has_access for line in everybody),
            "with_credentials": sum(line.credentials is not None for line in everybody),
            "outdated": sum(bool(line.outdated) for line in everybody),
            "reasons": sorted({reason for line in everybody for reason in line.outdated}),
            "files": files,
            "may_have_letters": terms.access or desk.acts_for_associate,
            "under_way": next((file for file in files if file.under_way), None),
        },
    )


@require_safe
def change_subcentre(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """*change Subcentre*: act for another of the main centre's Associate Centres (rule 13)."""
    desk: Desk = desk_for(request.user, series, centre)
    wanted = request.GET.get("subcentre", "")
    if not associates_of(desk.home).filter(number=wanted).exists() and wanted != desk.home.number:
        raise Http404
    return redirect("candidate_results:centre", desk.series.slug, wanted)
