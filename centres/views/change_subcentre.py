"""*change Subcentre*: on every page of a series, another of the main centre's Associate Centres (rule 13)."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from centres.access import SignedInRequest, associates_of, viewing_for
from centres.workspace import remember_chosen, tab_at


@require_safe
def change_subcentre(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    """The tab stays; whether this person may do there what it is for, its page asks."""
    acting = viewing_for(request.user, series, centre)
    wanted = request.GET.get("subcentre", "")
    if wanted not in {one.number for one in (acting.home, *associates_of(acting.home))}:
        raise Http404
    remember_chosen(request, acting.home, wanted)
    return redirect(tab_at(request.GET.get("tab", "")).address(acting.series.slug, wanted))
