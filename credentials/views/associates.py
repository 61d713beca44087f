"""*Associate Centres, at a glance*, and creating credentials for many of them (rules 7 to 15)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from centres.access import ActingFor, acting_for_main
from centres.ticks import ticked_centres
from core.ask_pages import AskAgain
from core.searching import searched_for
from credentials.associates.batch_plan import PlanOfMany, plan_many
from credentials.associates.batch_progress import batches_of
from credentials.associates.batch_request import request_for_many
from credentials.associates.needs import (
    SOMETHING,
    Need,
    filters,
    need_of,
    needs_of_associates,
    searched,
    shown,
)
from credentials.letters.eligibility import CannotCreate
from credentials.models import LetterBatch
from credentials.views.create import question


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for_main(request.user, series, centre)
    search = searched_for(request.GET)
    everything = needs_of_associates(acting.centre, acting.series)
    found = searched(everything, search)
    slug = request.GET.get("show", SOMETHING)
    wanted = need_of(slug)
    choices = filters(found)
    which = Need.OUTDATED if wanted is Need.OUTDATED else Need.LETTERS
    rows = [(row, row.first_of(wanted), row.to_make(which)) for row in shown(found, slug)]
    return render(
        request,
        "credentials/associates.html",
        {
            "acting": acting,
            "rows": rows,
            "to_do": {need.slug for _, need, _ in rows if need},
            "filters": choices,
            "filter": next((one for one in choices if one.slug == slug), choices[0]),
            "search": search,
            "count": len(everything),
            "need_something": sum(row.needs_something for row in everything),
            "without_access": sum(Need.ACCESS in row.needs for row in everything),
            "without_entries": sum(not row.letters.entered for row in everything),
            "opened": acting.series.credentials_open(),
            "which": which,
            "letters": sum(count for *_, count in rows),
            "centres": sum(bool(count) for *_, count in rows),
            "batches": batches_of(acting.centre, acting.series)[:10],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Ask, with what will happen at each centre; when that is confirmed, let the letters be made."""
    acting = acting_for_main(request.user, series, centre)
    if request.method != "POST":  # as after signing in again
        return redirect("credentials:associates", series, centre)
    which = request.POST.get("which", "")
    if which not in LetterBatch.Which:
        which = LetterBatch.Which.NEW
    numbers = ticked_centres(request.POST)
    if "counted" not in request.POST:
        plan = plan_many(main=acting.centre, series=acting.series, numbers=numbers, which=which)
        return _ask(request, acting, plan)
    require_recent_password(request)
    try:
        batch = request_for_many(
            main=acting.centre,
            series=acting.series,
            by=request.user,
            numbers=numbers,
            which=which,
            counted=request.POST["counted"],
        )
    except AskAgain as changed:
        return _ask(request, acting, changed.now)
    except CannotCreate as error:
        messages.error(request, str(error))
        return redirect("credentials:associates", series, centre)
    return redirect("credentials:batch", series, centre, batch.pk)


def _ask(request: StaffRequest, acting: ActingFor, plan: PlanOfMany) -> HttpResponse:
    again = plan.which == LetterBatch.Which.OUTDATED
    return render(
        request,
        "credentials/ask_batch_create.html",
        {
            "acting": acting,
            "plan": plan,
            "question": question(again=again, new=plan.new, replaced=plan.replaced),
            "which": LetterBatch.Which(plan.which).label,
            "asked_again": "counted" in request.POST,
            "posted": [("which", plan.which), *(("centre", one.number) for one in plan.asked)],
        },
    )
