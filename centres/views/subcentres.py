"""*Subcentre Management*: delay, access and contact of every Associate Centre (rules 7 to 11)."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.access import SignedInRequest, acting_for, associates_of
from centres.access_changes import AccessChange
from centres.edit_conflict import EditConflict
from centres.forms.subcentres import SubcentresForm
from centres.subcentres import management_of, save
from centres.views.confirm_loss import save_or_ask


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    associates = associates_of(acting.centre)
    if not associates:
        raise Http404
    management = management_of(acting.centre, acting.series)
    form = SubcentresForm(request.POST or None, management=management, centres=list(associates))
    is_edit_conflict = False
    if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
        act = partial(
            save, main=acting.centre, series=acting.series, by=request.user, wanted=form.wanted()
        )
        here = reverse("centres:subcentres", args=[series, centre])
        try:
            said = partial(_saved, form)
            return save_or_ask(request, acting, act, verb="Save", words=said, to=here)
        except EditConflict:
            management = management_of(acting.centre, acting.series)
            form.show_edit_conflict(management)
            is_edit_conflict = True
    return render(
        request,
        "centres/subcentres.html",
        {
            "acting": acting,
            "form": form,
            "management": management,
            "is_edit_conflict": is_edit_conflict,
        },
    )


def _saved(form: SubcentresForm, change: AccessChange) -> str:
    if form.cleaned_data["use_defaults"]:
        return "Saved. The first row is in force for all Associate Centres now."
    return "Saved. Each row is in force for its centre now."
