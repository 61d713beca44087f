"""*Subcentre Management*: delay, access and contact of every Associate Centre (rules 7 to 11)."""

from functools import partial

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.access import StaffRequest, associates_of, desk_for
from centres.edit_conflict import EditConflict
from centres.forms.subcentres import SubcentresForm
from centres.models import Centre, Series
from centres.subcentres import management_of, save
from credentials.outdated import count_outdated
from credentials.views.asking import save_or_ask


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    desk = desk_for(request.user, series, centre)
    associates = associates_of(desk.centre)
    if not associates:
        raise Http404
    management = management_of(desk.centre, desk.series)
    form = SubcentresForm(request.POST or None, management=management, centres=list(associates))
    changed_meanwhile = False
    if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
        act = partial(
            save, main=desk.centre, series=desk.series, by=request.user, wanted=form.wanted()
        )
        here = reverse("candidate_results:subcentres", args=[series, centre])
        try:
            ask = save_or_ask(request, desk, act, centres=associates, verb="Save")
        except EditConflict:
            management = management_of(desk.centre, desk.series)
            form.show_what_changed(management)
            changed_meanwhile = True
        else:
            if ask:
                return ask
            messages.success(request, "Saved. Every change is in force now.")
            return redirect(here)
    return render(
        request,
        "credentials/subcentres.html",
        {
            "desk": desk,
            "form": form,
            "management": management,
            "changed_meanwhile": changed_meanwhile,
            "outdated": _outdated(associates, desk.series),
        },
    )


def _outdated(associates: QuerySet[Centre], series: Series) -> list[tuple[Centre, int]]:
    """The Associate Centres with outdated letters, and how many: whoever saves a delay or a contact
    is told at once, and whoever comes later too (rule 12)."""
    counts = count_outdated(associates, series)
    return [(one, counts[one.pk]) for one in associates.order_by("number") if counts[one.pk]]
