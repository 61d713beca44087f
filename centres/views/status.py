"""*Edit status*: NO, ALL or Selected candidates, the agreement, the contact, the delay (rule 5)."""

import datetime as dt
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.access import SignedInRequest, acting_for
from centres.access_changes import AccessChange
from centres.edit_conflict import EditConflict
from centres.forms.contact import contact_initial
from centres.forms.status import StatusForm
from centres.models import Candidate, ContactChoice
from centres.status import (
    agreed_to,
    arrangement_for,
    edit_status,
    selected_numbers,
)
from centres.terms import Contact
from centres.views.confirm_loss import save_or_ask


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    terms = acting.terms()
    if not terms.access:
        return redirect("credentials:centre", series, centre)
    arrangement = arrangement_for(acting.centre, acting.series)
    candidates = list(
        Candidate.objects.filter(centre=acting.centre, series=acting.series).order_by("number")
    )
    form = StatusForm(
        request.POST or None,
        candidates=candidates,
        delay_is_own=acting.main is None,
        agreed_to=agreed_to(arrangement),
        contact_needed=terms.contact_choice == ContactChoice.CENTRE_DEFINED,
        initial={
            "status": arrangement.status,
            "candidates": selected_numbers(acting.centre, acting.series),
            "delay": arrangement.delay,
            "version": arrangement.version,
            **contact_initial(
                Contact(
                    arrangement.contact_name,
                    arrangement.contact_telephone,
                    arrangement.contact_email,
                )
            ),
        },
    )
    if form.is_valid() and "edit" not in request.POST:
        data = form.cleaned_data
        chosen = set(data["candidates"])
        act = partial(
            edit_status,
            centre=acting.centre,
            series=acting.series,
            by=request.user,
            version=data["version"],
            status=data["status"],
            agreed=data["agreed"],
            contact=form.contact(),
            delay=data.get("delay", dt.timedelta()),
            selected=[one.pk for one in candidates if one.number in chosen],
        )
        back = reverse("credentials:centre", args=[series, centre])
        try:
            return save_or_ask(request, acting, act, verb="Confirm", words=_confirmed, to=back)
        except EditConflict:
            form.show_edit_conflict(
                arrangement_for(acting.centre, acting.series),
                selected_numbers(acting.centre, acting.series),
            )
    return render(
        request,
        "centres/edit_status.html",
        {"acting": acting, "terms": terms, "form": form, "arrangement": arrangement},
    )


def _confirmed(change: AccessChange) -> str:
    """What is said then: also that letters are outdated now."""
    count = change.outdated()
    said = "The status is confirmed."
    if not count:
        return said
    letters = "1 letter is" if count == 1 else f"{count:,} letters are"
    return f"{said} {letters} outdated. Re-create {'it' if count == 1 else 'them'}."
