"""*Groups*: the officer's own, by which letters can be printed (rule 14)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from centres import groups
from centres.access import SignedInRequest, acting_for
from centres.edit_conflict import EditConflict
from centres.forms.groups import GroupsForm


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    if not acting.may_act():
        return redirect("credentials:centre", series, centre)
    form = GroupsForm(request.POST or None, now=groups.groups_of(acting.centre, acting.series))
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            groups.save(
                centre=acting.centre,
                series=acting.series,
                by=request.user,
                groups=wanted["groups"],
                was=wanted["was"],
            )
        except EditConflict:
            form.show_edit_conflict(groups.groups_of(acting.centre, acting.series))
        else:
            messages.success(
                request, "The groups are saved. Letters can be downloaded in their order."
            )
            return redirect("credentials:centre", series, centre)
    return render(request, "centres/groups.html", {"acting": acting, "form": form})
