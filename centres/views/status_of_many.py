"""*Edit status* of many Associate Centres in one go, from *Associate Centres, at a glance* (rules 4 and 13)."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.access import SignedInRequest, acting_for_main
from centres.access_changes import AccessChange
from centres.edit_conflict import EditConflict
from centres.forms.status_of_many import StatusOfManyForm
from centres.models import Status
from centres.status_of_many import edit_status_of_many, status_of_many
from centres.ticks import ticked_centres
from centres.views.confirm_loss import save_or_ask


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    """Posted by the list, which names the centres: those that are ticked, or all that it shows."""
    acting = acting_for_main(request.user, series, centre)
    numbers = ticked_centres(request.POST)
    named = status_of_many(acting.centre, acting.series, numbers)
    back = reverse("credentials:associates", args=[series, centre])
    if not named.centres:  # as after signing in again
        return redirect(back)
    form = StatusOfManyForm(request.POST if "status" in request.POST else None, named=named)
    if form.is_valid() and "edit" not in request.POST:
        data = form.cleaned_data
        act = partial(
            edit_status_of_many,
            main=acting.centre,
            series=acting.series,
            by=request.user,
            numbers=numbers,
            version=data["version"],
            status=Status(data["status"]),
            agreed=data["agreed"],
        )
        words = partial(_confirmed, Status(data["status"]), form.changing[data["status"]])
        try:
            return save_or_ask(request, acting, act, verb="Confirm", words=words, to=back)
        except EditConflict:
            named = status_of_many(acting.centre, acting.series, numbers)
            form.show_edit_conflict(named)
    return render(
        request,
        "centres/edit_status_of_many.html",
        {"acting": acting, "form": form, "named": named},
    )


def _confirmed(status: Status, count: int, change: AccessChange) -> str:
    said = f"{status.label} have access at {count} centre{'' if count == 1 else 's'} now."
    if status == Status.ALL:
        return f"{said} The agreement is recorded for each. Credentials must still be created."
    return said
