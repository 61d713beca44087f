"""Create and re-create credentials: a page that asks, with what will happen to how many (rule 15)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from centres.access import StaffRequest, desk_for
from credentials import issuing
from credentials.choosing import chosen_candidates
from credentials.views.asking import posted


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Ask, with what will happen to how many; when that is confirmed, let the letters be made."""
    desk = desk_for(request.user, series, centre)
    if request.method != "POST":  # as after signing in again
        return redirect("candidate_results:centre", series, centre)
    chosen = chosen_candidates(desk.centre, desk.series, request.POST)
    plan = issuing.plan(centre=desk.centre, series=desk.series, candidates=chosen.candidates)
    if request.POST.get("counted") != plan.counted:
        return render(
            request,
            "credentials/ask_create.html",
            {
                "desk": desk,
                "chosen": chosen,
                "plan": plan,
                "changed_meanwhile": "counted" in request.POST,
                "verb": "Re-create" if chosen.only_outdated else "Create credentials",
                "posted": posted(request),
            },
        )
    try:
        file = issuing.request_letters(
            centre=desk.centre,
            series=desk.series,
            by=request.user,
            candidates=chosen.candidates,
        )
    except issuing.CannotCreate as error:
        messages.error(request, str(error))
        return redirect("candidate_results:centre", series, centre)
    return redirect("candidate_results:letters", series, centre, file.pk)
